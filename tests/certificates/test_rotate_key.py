from datetime import UTC, datetime

import pytest
from django.core.management import CommandError, call_command

from badges.models import Badge
from certificates.models import KeyState, SigningKey
from tests.factories import issue


def states() -> dict[str, str]:
    return {key.fragment: key.state for key in SigningKey.objects.order_by("fragment")}


def test_command_gives_the_organisation_a_new_key(badge: Badge, capsys) -> None:
    issue(badge)

    call_command("rotate_key", badge.issuer.slug)

    assert states() == {"key-1": KeyState.RETIRED, "key-2": KeyState.ACTIVE}
    assert capsys.readouterr().out == f"{badge.issuer.name} signs with key-2 from now on.\n"


def test_command_gives_up_a_key_that_was_in_other_hands(badge: Badge) -> None:
    issue(badge)

    call_command("rotate_key", badge.issuer.slug, "--compromised-since", "2026-11-22T14:00Z")

    assert states() == {"key-1": KeyState.COMPROMISED, "key-2": KeyState.ACTIVE}
    assert SigningKey.objects.get(fragment="key-1").compromised_at == datetime(2026, 11, 22, 14, tzinfo=UTC)


@pytest.mark.parametrize("arguments", [["nobody"], ["northgate", "--compromised-since", "yesterday"]])
def test_command_refuses_what_it_cannot_do(db: None, arguments: list[str]) -> None:
    with pytest.raises(CommandError):
        call_command("rotate_key", *arguments)


def test_command_without_a_sealing_key_changes_nothing(badge: Badge, settings) -> None:
    issue(badge)
    settings.SEALING_KEYS = []

    with pytest.raises(CommandError, match="SEALING_KEYS is not set"):
        call_command("rotate_key", badge.issuer.slug)

    assert states() == {"key-1": KeyState.ACTIVE}
