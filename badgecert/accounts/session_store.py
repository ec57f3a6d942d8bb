"""Django's sessions in the database, whose keys only the browsers know: a stolen back-up logs in nobody."""

from datetime import datetime
from typing import Any

from django.contrib.sessions.backends.db import SessionStore as DatabaseSessionStore
from django.contrib.sessions.base_session import AbstractBaseSession
from django.contrib.sessions.models import Session

from badgecert.accounts.secrets import keyed_hash
from badgecert.core import clock

_COLUMN_LENGTH = 40


def session_hash(key: str) -> str:
    """Under which a session is kept; as long as Django's column is wide (160 bits)."""
    return keyed_hash("session", key)[:_COLUMN_LENGTH]


class SessionStore(DatabaseSessionStore):
    @classmethod
    def get_model_class(cls) -> type[Session]:
        return Session

    def _get_session_from_db(self) -> Session | None:
        found = None
        if self.session_key:
            found = Session.objects.filter(
                session_key=session_hash(self.session_key), expire_date__gt=clock.now()
            ).first()
        if found is None:
            self._session_key = None
        return found

    def get_expiry_date(self, **kwargs: Any) -> datetime:
        return super().get_expiry_date(**{"modification": clock.now(), **kwargs})

    def exists(self, session_key: str) -> bool:
        return super().exists(session_hash(session_key))

    def create_model_instance(self, data: dict[str, Any]) -> AbstractBaseSession:
        row = super().create_model_instance(data)
        row.session_key = session_hash(row.session_key)
        return row

    def delete(self, session_key: str | None = None) -> None:
        key = session_key or self.session_key
        if key is not None:
            super().delete(session_hash(key))
