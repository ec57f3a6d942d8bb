"""Erasing a person: nothing anywhere says who it was, and everything else is as it was."""

import json
import sqlite3
from collections.abc import Iterator
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction
from django.test import Client

from badgecert.accounts.actions import make_temporary_password, request_password
from badgecert.accounts.actions.erasing import ErasureGround, erase_person
from badgecert.accounts.models import User
from badgecert.core import clock
from badgecert.core.models import AuditEvent
from badges.actions.issuances import claim_issuance, correct_issuance, revoke_issuance
from badges.models import Badge, Issuance, IssuanceVersion
from certificates.actions.credentials import jwt_of
from certificates.actions.log import sequence_entries
from certificates.log_check import check_log
from certificates.models import Credential, Document, LogEntry, StatusBit, TreeHead
from certificates.verifying import verdict_on_content
from badges.disclosure import can_see
from earners.actions.leaving import delete_account, erase_for_organisation
from earners.actions.profile import save_profile
from issuers.exceptions import LastOwnerError
from issuers.models import StaffMember
from tests.factories import PASSWORD, issue, make_issuer, make_published_badge, make_user

NAME = "Zsófia Quintanilha-Okonjo"
ADDRESS = "zsofia.quintanilha@example.org"
TRACES = ["Quintanilha", "quintanilha", "Zsófia", "zsofia"]


@pytest.fixture
def person(badge: Badge) -> User:
    """Somebody of whom every table knows something."""
    user = make_user(ADDRESS, name=NAME)
    save_profile(display_name=NAME, language="en-gb", by=user)
    issuance = issue(
        badge,
        to=user,
        name=NAME,
        narrative=f"{NAME} led the ward.",
        evidence=[{"name": NAME, "url": "https://a.example"}],
    )
    owner = issuance.issued_by
    correct_issuance(
        issuance, narrative=f"{NAME} led two wards.", by=owner, reason=f"{NAME} phoned", public_reason=NAME
    )
    claim_issuance(issuance, by=user)
    other = issue(make_published_badge(badge.issuer), to=user, name=NAME)
    revoke_issuance(other, reason=f"{NAME} never came", by=owner)
    seen = can_see(issuance.code)
    Document.objects.create(
        key="k", issuance=issuance, version=2, paper="a4", pdf=NAME.encode(), claimed_at=clock.now()
    )
    jwt_of(Credential.objects.get(version=seen.version_id))
    make_temporary_password(user, lasts=__import__("datetime").timedelta(days=1))
    request_password(ADDRESS)
    Authenticator.objects.create(user=user, type="totp", data={"secret": "sealed"})
    sequence_entries()
    return user


def everything() -> Iterator[tuple[str, str]]:
    """Each table and all that stands in it, as text; bytes as they read."""
    for table in connection.introspection.table_names():
        with connection.cursor() as cursor:
            cursor.execute(f"select * from {connection.ops.quote_name(table)}")  # noqa: S608
            for row in cursor.fetchall():
                for value in row:
                    text = bytes(value).decode(errors="ignore") if isinstance(value, bytes | memoryview) else str(value)
                    yield table, text


def tables_that_say(*words: str) -> set[str]:
    return {table for table, text in everything() if any(word in text for word in words)}


def test_deleting_ones_account_leaves_no_trace_in_any_table(person: User, client: Client) -> None:
    salts = list(Issuance.objects.values_list("identity_salt", flat=True))
    log_salts = [bytes(salt).hex() for salt in LogEntry.objects.values_list("salt", flat=True)]
    client.force_login(person)
    client.get("/portfolio/")
    assert len(tables_that_say(*TRACES)) > 8

    delete_account(person)

    assert tables_that_say(*TRACES, *salts) == set()
    assert [entry.salt for entry in LogEntry.objects.all()] == [None] * len(log_salts)
