import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from badgecert.accounts.models import User
from issuers.models import Issuer
from tests.languages.pseudo import LEFT_TO_RIGHT, pseudo_languages


@pytest.fixture
def pseudo(tmp_path: Path) -> Iterator[None]:
    with pseudo_languages(tmp_path):
        yield


@pytest.fixture
def demo(settings: Any, db: None) -> None:
    """The demonstration's people and badges; mails and pages in whatever language is asked for."""
    settings.DEMO = True
    call_command("load_demo", stdout=io.StringIO())
    User.objects.update(language="")
    Issuer.objects.update(language=LEFT_TO_RIGHT)
