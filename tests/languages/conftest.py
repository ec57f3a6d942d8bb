import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import transaction
from django.test import override_settings

from badgecert.accounts.models import User
from issuers.models import Issuer
from tests.languages.pseudo import LEFT_TO_RIGHT, pseudo_languages


@pytest.fixture
def pseudo(tmp_path: Path) -> Iterator[None]:
    with pseudo_languages(tmp_path):
        yield


@pytest.fixture(scope="module")
def loaded(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """The demonstration's people and badges, once for all tests of a module."""
    with django_db_blocker.unblock(), transaction.atomic():
        with override_settings(DEMO=True):
            call_command("load_demo", stdout=io.StringIO())
        User.objects.update(language="")
        Issuer.objects.update(language=LEFT_TO_RIGHT)
        yield
        transaction.set_rollback(True)


@pytest.fixture
def demo(loaded: None, settings: Any, db: None) -> None:
    """Mails and pages in whatever language is asked for."""
    settings.DEMO = True
