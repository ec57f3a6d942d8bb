"""Organisations never see each other's rows, however they ask (reliability.md T46), and each role does what it may."""

import pytest
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from badges.actions.batches import draft_batch
from badges.models import BatchRow
from issuers.models import StaffRole
from notifications.models import Message
from tests.factories import issue, make_issuer, make_published_badge, make_staff, make_user

LISTS = [
    "admin:badges_badge_changelist",
    "admin:badges_issuance_changelist",
    "admin:badges_batch_changelist",
    "admin:accounts_user_changelist",
    "admin:issuers_staffmember_changelist",
    "admin:notifications_message_changelist",
    "admin:earners_earnerrequest_changelist",
]
PAGES = [
    *LISTS,
    "admin:index",
    "admin:issue_badge",
    "admin:issue_file",
    "admin:template_file",
    "admin:badges_badge_add",
]


@pytest.fixture
def batch(badge, staff):
    row = BatchRow(line=2, recipient_name="Hidden Holder", recipient_email="hidden@example.org", problem="Held")
    return draft_batch(badge, rows=[row], file_name="hidden.csv", file_sha256="0" * 64, by=staff)


@pytest.fixture
def other_staff(db):
    """The owner of another organisation, which has rows of its own."""
    owner = make_user()
    issue(make_published_badge(make_issuer(owner=owner)), to="own@example.org", name="Own Holder")
    return owner


def pages_of(issuance, batch, staff):
    message = Message.objects.get(issuance=issuance)
    member = staff.staff_memberships.get()
    return {
        "admin:badges_badge_change": issuance.badge_id,
        "admin:badges_badge_history": issuance.badge_id,
        "admin:badges_issuance_change": issuance.pk,
        "admin:badges_issuance_history": issuance.pk,
        "admin:badges_batch_change": batch.pk,
        "admin:badges_batch_history": batch.pk,
        "admin:held_rows": batch.pk,
        "admin:accounts_user_change": issuance.earner_id,
        "admin:unlock_earner": issuance.earner_id,
        "admin:issuers_issuer_change": issuance.issuer_id,
        "admin:issuers_issuer_history": issuance.issuer_id,
        "admin:issuers_staffmember_change": member.pk,
        "admin:notifications_message_change": message.pk,
    }


def test_pages_of_another_organisation_are_not_found(client, issuance, batch, staff, other_staff):
    client.force_login(other_staff)
    addresses = [reverse(name, args=[key]) for name, key in pages_of(issuance, batch, staff).items()]
    addresses += [reverse("admin:decide_issuance", args=[issuance.pk, word]) for word in ("suspend", "revoke")]
    addresses += [reverse(f"admin:{what}_issuance", args=[issuance.pk]) for what in ("correct", "renew")]

    answers = {address: client.get(address).status_code for address in addresses}

    assert answers == dict.fromkeys(addresses, 404)


def test_orders_on_rows_of_another_organisation_are_not_found(client, issuance, batch, other_staff):
    client.force_login(other_staff)
    addresses = [
        reverse("admin:publish_badge", args=[issuance.badge_id]),
        reverse("admin:retire_badge", args=[issuance.badge_id]),
        reverse("admin:badges_badge_change", args=[issuance.badge_id]),
        reverse("admin:confirm_batch", args=[batch.pk]),
        reverse("admin:undo_batch", args=[batch.pk]),
        reverse("admin:decide_issuance", args=[issuance.pk, "revoke"]),
        reverse("admin:unlock_earner", args=[issuance.earner_id]),
        reverse("admin:issuers_issuer_change", args=[issuance.issuer_id]),
    ]

    answers = {address: client.post(address, {"reason": "x"}).status_code for address in addresses}

    assert answers == dict.fromkeys(addresses, 404)


@pytest.mark.parametrize("name", LISTS)
def test_list_shows_own_rows_only(client, issuance, batch, staff, other_staff, name):
    client.force_login(other_staff)

    page = client.get(reverse(name)).content.decode()

    hidden = [issuance.code[:4], issuance.recipient_email, "Amara", "hidden.csv", staff.email, str(issuance.issuer_id)]
    assert [word for word in hidden if word in page] == []


@pytest.mark.parametrize(
    ("name", "query"),
    [
        ("admin:badges_issuance_changelist", "q=ana@example.org"),
        ("admin:badges_issuance_changelist", "q=Amara"),
        ("admin:accounts_user_changelist", "q=ana@example.org"),
        ("admin:accounts_user_changelist", "q=Amara"),
        ("admin:badges_batch_changelist", "q=hidden"),
        ("admin:notifications_message_changelist", "q=ana@example.org"),
    ],
)
def test_search_finds_own_rows_only(client, issuance, batch, other_staff, name, query):
    client.force_login(other_staff)

    results = client.get(f"{reverse(name)}?{query}").context["cl"].result_list

    assert list(results) == []


@pytest.mark.parametrize("name", ["admin:badges_issuance_changelist", "admin:badges_batch_changelist"])
def test_filter_offers_and_takes_own_badges_only(client, issuance, batch, other_staff, name):
    client.force_login(other_staff)

    page = client.get(f"{reverse(name)}?badge={issuance.badge_id}")

    assert list(page.context["cl"].result_list) == []
    offered = [key for spec in page.context["cl"].filter_specs for key, _name in getattr(spec, "lookup_choices", [])]
    assert str(issuance.badge_id) not in offered


@pytest.mark.parametrize(
    "lookup",
    [
        "issuer__staff_members__user__password__startswith=a",
        "earner__email__contains=a",
        "recipient_key__startswith=a",
        "identity_salt__startswith=0",
        "current_version__recipient_name__startswith=A",
    ],
)
def test_lookups_that_no_filter_offers_are_refused(client, issuance, staff, lookup):
    client.force_login(staff)

    assert client.get(f"{reverse('admin:badges_issuance_changelist')}?{lookup}").status_code == 400


def test_pages_that_answer_about_any_row_do_not_exist(client, issuance, staff):
    client.force_login(staff)
    kind = ContentType.objects.get_for_model(issuance).pk
    addresses = [
        "/admin/autocomplete/?app_label=badges&model_name=issuance&field_name=badge&term=a",
        f"/admin/r/{kind}/{issuance.pk}/",
        "/admin/badges/",
    ]

    assert [client.get(address).status_code for address in addresses] == [404] * 3


def test_code_in_any_spelling_is_found(client, issuance, staff):
    client.force_login(staff)
    spelling = issuance.code[:4] + " " + issuance.code[4:].lower()

    results = client.get(reverse("admin:badges_issuance_changelist"), {"q": spelling}).context["cl"].result_list

    assert list(results) == [issuance]


@pytest.mark.parametrize("name", PAGES)
def test_stranger_is_sent_away(client, stranger, issuance, name):
    assert client.get(reverse(name)).status_code == 302

    client.force_login(stranger)

    assert client.get(reverse(name), follow=True).status_code == 403


def test_nothing_can_be_deleted(client, issuance, batch):
    owner = make_staff(issuance.issuer, role=StaffRole.OWNER)
    client.force_login(owner)

    answers = [
        client.post(reverse(f"admin:{name}_delete", args=[key]), {"post": "yes"}).status_code
        for name, key in {
            "badges_badge": issuance.badge_id,
            "badges_issuance": issuance.pk,
            "badges_batch": batch.pk,
            "accounts_user": issuance.earner_id,
            "issuers_issuer": issuance.issuer_id,
        }.items()
    ]

    assert answers == [403] * 5


def test_libraries_register_no_pages(client, staff):
    client.force_login(staff)

    answers = [
        client.get(f"/admin/{path}/").status_code for path in ("auth/group", "account/emailaddress", "sites/site")
    ]

    assert answers == [404] * 3


MAY = {
    StaffRole.OWNER: {"issue", "design", "own"},
    StaffRole.MANAGER: {"issue", "design"},
    StaffRole.DESIGNER: {"design"},
    StaffRole.VIEWER: set(),
}


@pytest.mark.parametrize("role", MAY)
def test_role_opens_what_it_may(client, issuance, role):
    client.force_login(make_staff(issuance.issuer, role=role))
    needs = {
        "admin:issue_badge": "issue",
        "admin:issue_file": "issue",
        "admin:template_file": "issue",
        "admin:badges_badge_add": "design",
        "admin:issuers_staffmember_add": "own",
    }

    answers = {name: client.get(reverse(name)).status_code for name in needs}

    assert answers == {name: 200 if need in MAY[role] else 403 for name, need in needs.items()}


@pytest.mark.parametrize("role", MAY)
def test_role_orders_what_it_may(client, issuance, batch, role):
    client.force_login(make_staff(issuance.issuer, role=role))
    needs = {
        reverse("admin:decide_issuance", args=[issuance.pk, "suspend"]): "issue",
        reverse("admin:confirm_batch", args=[batch.pk]): "issue",
        reverse("admin:badges_badge_change", args=[issuance.badge_id]): "design",
        reverse("admin:retire_badge", args=[issuance.badge_id]): "design",
        reverse("admin:issuers_issuer_change", args=[issuance.issuer_id]): "own",
    }

    refused = {address: client.post(address).status_code == 403 for address in needs}

    assert refused == {address: need not in MAY[role] for address, need in needs.items()}


@pytest.mark.parametrize("role", MAY)
def test_role_reads_everything(client, issuance, batch, staff, role):
    client.force_login(make_staff(issuance.issuer, role=role))
    addresses = [
        reverse(name, args=[key])
        for name, key in pages_of(issuance, batch, staff).items()
        if name not in {"admin:unlock_earner", "admin:issuers_staffmember_change"}
    ]

    assert [client.get(address).status_code for address in addresses] == [200] * len(addresses)


def grow(badge, by, count):
    for number in range(count):
        issue(badge, by=by, name=f"Person {number}")
        make_published_badge(badge.issuer)
        make_staff(badge.issuer)
        row = BatchRow(line=2, recipient_name="Bo", recipient_email="bo@example.org", problem="Held")
        draft_batch(badge, rows=[row], file_name=f"{number}.csv", file_sha256="0" * 64, by=by)


@pytest.mark.parametrize("name", LISTS)
def test_list_costs_the_same_for_3_and_33_rows(client, badge, staff, name):
    client.force_login(staff)
    grow(badge, staff, 3)
    with CaptureQueriesContext(connection) as few:
        client.get(reverse(name))
    grow(badge, staff, 30)

    with CaptureQueriesContext(connection) as many:
        client.get(reverse(name))

    assert len(many) == len(few)
