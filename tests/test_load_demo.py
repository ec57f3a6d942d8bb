import io

import pytest
from django.core.management import CommandError, call_command

from badgecert.core import audit
from badgecert.management.commands.load_demo import LOADED, digest_of_tables
from tests.factories import make_issuer


@pytest.fixture(autouse=True)
def _is_a_demonstration(settings):
    settings.DEMO = True


@pytest.mark.parametrize("changed", ["base", "tables"])
def test_demo_of_another_address_or_version_is_made_anew(db, settings, changed):
    kept = {"base": settings.BASE_URL, "tables": digest_of_tables(), changed: "another"}
    audit.record(LOADED, make_issuer(), by=None, **kept, pages={})
    said = io.StringIO()

    with pytest.raises(CommandError, match="Give it an empty database"):
        call_command("load_demo", stdout=said)

    assert "making the demo anew" in said.getvalue()


def test_demo_of_this_version_is_kept(db, settings):
    audit.record(LOADED, make_issuer(), by=None, base=settings.BASE_URL, tables=digest_of_tables(), pages={})
    said = io.StringIO()

    call_command("load_demo", stdout=said)

    assert said.getvalue() == "The demo organisation is there already.\n"
