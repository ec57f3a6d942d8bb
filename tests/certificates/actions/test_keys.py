import threading
from datetime import UTC, datetime

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection

from badgecert.accounts.models import User
from badgecert.core import clock
from badgecert.core.models import AuditEvent
from badges.models import Badge
from certificates.actions.keys import mark_key_compromised, open_ed25519, open_rsa, rotate_key, signing_key_for
from certificates.models import Credential, KeyKind, KeyState, SigningKey
from certificates.openbadges.keys import multikey
from issuers.models import Issuer, StaffRole
from tests.factories import issue, make_issuer, make_published_badge, make_staff

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


def owner_of(issuer: Issuer) -> User:
    return User.objects.get(staff_memberships__issuer=issuer, staff_memberships__role=StaffRole.OWNER)


def test_key_is_made_once_and_opens_to_what_is_published(issuer: Issuer) -> None:
    key = signing_key_for(issuer)

    assert signing_key_for(issuer) == key
    assert (key.fragment, key.state) == ("key-1", KeyState.ACTIVE)
    assert multikey(open_ed25519(key)) == key.public


def test_key_lies_sealed_in_the_database(issuer: Issuer) -> None:
    key = signing_key_for(issuer)

    assert open_ed25519(key).private_bytes_raw() not in bytes(key.sealed_private)


def test_each_issuer_and_each_kind_has_keys_of_its_own(issuer: Issuer) -> None:
    keys = [
        signing_key_for(issuer),
        signing_key_for(issuer, kind=KeyKind.RSA),
        signing_key_for(make_issuer()),
    ]

    assert [key.fragment for key in keys] == ["key-1", "rsa-1", "key-1"]
    assert len({key.public for key in keys}) == 3
    assert open_rsa(keys[1]).key_size == 2048


def test_rotation_retires_the_old_key_and_signs_with_the_new(badge: Badge) -> None:
    issuer, owner = badge.issuer, owner_of(badge.issuer)
    before = issue(badge)

    with clock.at(NOON):
        new = rotate_key(issuer, by=owner)
    after = issue(badge)

    old = SigningKey.objects.get(fragment="key-1")
    assert (old.state, old.retired_at, new.state, new.fragment) == (KeyState.RETIRED, NOON, KeyState.ACTIVE, "key-2")
    assert Credential.objects.get(version=before.current_version).key == old
    assert Credential.objects.get(version=after.current_version).key == new
    assert AuditEvent.objects.filter(verb="signing key rotated", object_id=new.pk, by=owner).count() == 1


def test_compromised_key_signs_nothing_more_and_keeps_the_earlier_instant(badge: Badge) -> None:
    issuer, owner = badge.issuer, owner_of(badge.issuer)
    issue(badge)
    key = SigningKey.objects.get()

    mark_key_compromised(key, at=NOON, by=owner)
    key = mark_key_compromised(key, at=datetime(2027, 1, 1, tzinfo=UTC), by=owner)

    assert (key.state, key.compromised_at) == (KeyState.COMPROMISED, NOON)
    assert signing_key_for(issuer).fragment == "key-2"


@pytest.mark.parametrize("role", [StaffRole.MANAGER, StaffRole.DESIGNER, StaffRole.VIEWER])
def test_only_owners_decide_about_keys(issuer: Issuer, role: str) -> None:
    somebody, key = make_staff(issuer, role=role), signing_key_for(issuer)

    with pytest.raises(PermissionDenied):
        rotate_key(issuer, by=somebody)
    with pytest.raises(PermissionDenied):
        mark_key_compromised(key, at=NOON, by=somebody)

    assert SigningKey.objects.get().state == KeyState.ACTIVE


@pytest.mark.django_db(transaction=True)
def test_while_keys_rotate_each_credential_is_signed_by_the_key_it_names() -> None:
    badge = make_published_badge(make_issuer())
    issuer = badge.issuer
    problems = []

    def work(action) -> None:
        try:
            for _turn in range(5):
                action()
        except Exception as error:
            problems.append(error)
        finally:
            connection.close()

    threads = [
        threading.Thread(target=work, args=[lambda: issue(badge)]),
        threading.Thread(target=work, args=[lambda: issue(badge)]),
        threading.Thread(target=work, args=[lambda: rotate_key(issuer, by=None)]),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert problems == []
    assert SigningKey.objects.active().count() == 1
    signed = list(Credential.objects.select_related("key"))
    assert len(signed) == 10
    for credential in signed:
        assert f"#{credential.key.fragment}" in credential.document
        assert credential.key.activated_at <= credential.created_at
        assert credential.key.retired_at is None or credential.created_at <= credential.key.retired_at
