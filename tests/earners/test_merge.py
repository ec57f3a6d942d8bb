"""Two accounts of one person become one, when both their addresses are proven; and what stands in the way."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.apps import apps
from django.db import connections, models
from django.test import Client
from django.urls import reverse

from badgecert.accounts.actions import find_user, prove_identity
from badgecert.accounts.actions.alternate_addresses import (
    add_address,
    confirm_proof,
    find_proof,
    make_proof_token,
)
from badgecert.accounts.exceptions import MergeRefusedError, ProofExpiredError, WrongPasswordError
from badgecert.accounts.models import User
from badgecert.core import clock
from badgecert.core.exceptions import RefusedError
from badgecert.core.models import AuditEvent
from badges.actions.issuances import claim_issuance
from badges.actions.showing import make_share_link
from badges.disclosure import can_see
from badges.models import Issuance
from earners.actions.collections import make_collection
from earners.actions.profile import save_photo, save_section
from earners.actions.public_page import save_public_page
from earners.actions.requests import Wish, open_request
from earners.models import EarnerRequest, Photo, Profile, RequestKind
from issuers.actions import add_staff
from issuers.models import StaffRole
from notifications.actions.preferences import stop_mails
from notifications.models import Message, OptionalMail, Preference
from tests.factories import PASSWORD, issue, make_issuer, make_published_badge, make_staff, make_user

WORK = "ana@work.example"


def words(page):
    return " ".join(page.content.decode().split())


def proof_of(user, address):
    add_address(user, address=address)
    return find_proof(make_proof_token(user, address=address))


def join(earner, address=WORK):
    return confirm_proof(proof_of(earner, address))


@pytest.fixture
def other(db):
    """The same person's second account."""
    return make_user(WORK)


# --- what comes along ----------------------------------------------------------------------------


def test_badges_and_addresses_of_both_are_in_one_portfolio(earner, other, issuance, badge):
    theirs = claim_issuance(issue(make_published_badge(badge.issuer), to=other), by=other)

    join(earner)

    assert set(Issuance.objects.held_by(earner)) == {issuance, theirs}
    assert find_user(WORK) == find_user(earner.email) == earner
    assert can_see(theirs.code).state == can_see(issuance.code).state


def test_other_account_is_closed_everywhere(earner, other):
    browser = Client()
    browser.force_login(other)
    assert browser.get("/profile/").status_code == 200

    join(earner)

    other.refresh_from_db()
    assert browser.get("/profile/").url.startswith(reverse("account_login"))
    assert (other.is_active, other.has_usable_password(), other.email) == (False, False, f"{other.pk}@closed.invalid")
    assert prove_identity(address=WORK, password=PASSWORD).user == earner
    assert not EmailAddress.objects.filter(user=other).exists()


def test_password_of_the_other_account_opens_nothing(earner, other):
    other.set_password("another-password-of-hers")
    other.save()

    join(earner)

    with pytest.raises(WrongPasswordError):
        prove_identity(address=WORK, password="another-password-of-hers")


def test_all_proven_addresses_of_the_other_account_come_along_and_the_typed_ones_do_not(earner, other):
    EmailAddress.objects.create(user=other, email="ana@third.example", verified=True)
    EmailAddress.objects.create(user=other, email="ana@typed.example")
    EmailAddress.objects.create(user=earner, email="ana@third.example")

    join(earner)

    assert dict(EmailAddress.objects.filter(user=earner).values_list("email", "verified")) == {
        "ana@example.org": True,
        WORK: True,
        "ana@third.example": True,
    }


def test_profile_fills_its_gaps_and_keeps_what_it_says(earner, other):
    save_section(by=earner, display_name="Ana", employer="Kept")
    save_section(by=other, display_name="A. N. Other", employer="Lost", place="Ghent", links=["https://a.example"])
    save_photo(photo=b"webp", by=other)

    join(earner)

    mine = Profile.objects.get(user=earner)
    assert (mine.display_name, mine.employer, mine.place, mine.links) == ("Ana", "Kept", "Ghent", ["https://a.example"])
    assert (Photo.objects.get().profile, Profile.objects.count()) == (mine, 1)


def test_profile_of_the_other_account_stands_in_where_there_is_none(earner, other):
    save_section(by=other, display_name="Ana", place="Ghent")

    join(earner)

    assert Profile.objects.get(user=earner).place == "Ghent"


def test_requests_and_mail_wishes_come_along(earner, other, badge):
    theirs = issue(badge, to=other)
    request = open_request(theirs, Wish(kind=RequestKind.OTHER, text="Please call me"), by=other)
    stop_mails(theirs, mails=OptionalMail.REMINDERS)
    make_share_link(theirs, name="for Acme HR", parts=["name"], by=other)
    make_collection(title="Clinical", issuance_ids=[theirs.pk], by=other)
    save_public_page(
        public_name="ana-of-the-ward", is_public=True, new_badges="public", allows_search_engines=True, by=other
    )

    join(earner)

    assert EarnerRequest.objects.get() == request
    assert EarnerRequest.objects.of(earner).get() == request
    assert Preference.objects.get(user=earner).reminders_stopped_at is not None
    assert not Message.objects.filter(user=other).exists()


def test_badge_that_both_hold_stays_twice_and_both_links_live(earner, other, issuance, badge):
    theirs = issue(badge, to=other)

    join(earner)

    assert Issuance.objects.held_by(earner).filter(badge=badge).count() == 2
    for code in (issuance.code, theirs.code):
        assert can_see(code).holder == "Amara Okafor-Lindqvist"


def test_both_accounts_remember_it_and_so_does_each_badge(earner, other, badge):
    theirs = issue(badge, to=other)

    join(earner)

    events = {event.verb: event for event in AuditEvent.objects.filter(by=earner)}
    assert events["account merged into another"].object_id == other.pk
    assert events["account merged into another"].details == {"kept": str(earner.pk)}
    assert events["another account merged into this one"].object_id == earner.pk
    assert events["badge moved to another account"].object_id == theirs.pk


# Where a closed account may still be named: who did what stays who it was.
_STAYS = {
    "core.AuditEvent.by",
    "badges.BadgeVersion.made_by",
    "badges.Batch.uploaded_by",
    "badges.Batch.confirmed_by",
    "badges.Issuance.issued_by",
    "badges.IssuanceVersion.made_by",
    "earners.EarnerRequest.assigned_to",
    "earners.EarnerRequest.decided_by",
    "earners.RequestEntry.by",
}
# Staff are not closed by a merge, so these never name a closed account.
_OF_STAFF = {
    "issuers.Issuer.mail_paused_by",
    "issuers.StaffMember.user",
    "notifications.SitePause.paused_by",
    "certificates.Export.requested_by",
    "badges.Proposal.decided_by",
    "badges.Proposal.proposed_by",
    "earners.Question.answered_by",
    "admin.LogEntry.user",
}
_GOES = {
    "account.EmailAddress.user",
    "account.EmailConfirmation.user",
    "accounts.TemporaryPassword.user",
    "accounts.AddressProof.user",
    "accounts.KnownBrowser.user",
    "mfa.Authenticator.user",
    "badges.Issuance.earner",
    "badges.ShareLink.earner",
    "badges.VisibilityPreference.user",
    "earners.Collection.user",
    "earners.UsedName.user",
    "earners.Profile.user",
    "earners.Export.user",
    "earners.EarnerRequest.earner",
    "notifications.Message.user",
    "notifications.Preference.user",
}


def references_to_accounts():
    return {
        f"{model._meta.app_label}.{model.__name__}.{field.name}": (model, field.name)
        for model in apps.get_models()
        if not model._meta.auto_created
        for field in model._meta.get_fields()
        if isinstance(field, models.ForeignKey) and field.related_model is User
    }


def test_every_table_that_names_accounts_has_a_rule_for_merging():
    assert references_to_accounts().keys() - _STAYS - _OF_STAFF - _GOES == set()


def test_nothing_that_should_go_is_left_at_the_closed_account(earner, other, badge, worked_in):
    join(earner)

    left = {
        name
        for name, (model, field) in references_to_accounts().items()
        if name not in _STAYS | {"accounts.TemporaryPassword.user"} and model.objects.filter(**{field: other}).exists()
    }
    assert left == set()


@pytest.fixture
def worked_in(other, badge):
    """The second account has something in each of its tables."""
    theirs = claim_issuance(issue(badge, to=other), by=other)
    save_section(by=other, display_name="Ana")
    save_photo(photo=b"webp", by=other)
    open_request(theirs, Wish(kind=RequestKind.OTHER, text="Please call me"), by=other)
    stop_mails(theirs, mails=OptionalMail.REMINDERS)
    make_share_link(theirs, name="for Acme HR", parts=["name"], by=other)
    make_collection(title="Clinical", issuance_ids=[theirs.pk], by=other)
    save_public_page(
        public_name="ana-of-the-ward", is_public=True, new_badges="public", allows_search_engines=True, by=other
    )
    add_address(other, address="ana@third.example")
    Client().force_login(other)


# --- what stands in the way ----------------------------------------------------------------------


def test_locked_account_is_not_joined_and_can_be_when_it_is_unlocked(earner, other):
    proof = proof_of(earner, WORK)
    User.objects.filter(pk=other.pk).update(locked_at=clock.now())

    with pytest.raises(MergeRefusedError, match="Your other account is locked"):
        confirm_proof(proof)

    User.objects.filter(pk=other.pk).update(locked_at=None)
    confirm_proof(find_proof_again(proof))
    assert find_user(WORK) == earner


def find_proof_again(proof):
    """The refusal spent nothing."""
    proof.refresh_from_db()
    assert proof.spent_at is None
    return proof


def test_staff_account_is_not_closed(earner, other):
    add_staff(make_issuer(), user=other, role=StaffRole.VIEWER, by=None)

    with pytest.raises(MergeRefusedError, match="works for an organisation"):
        join(earner)

    assert User.objects.get(pk=other.pk).is_active


def test_staff_take_in_their_earner_account_and_keep_their_role(earner, issuance):
    staff = make_staff(make_issuer())

    join(staff, earner.email)

    staff.refresh_from_db()
    issuance.refresh_from_db()
    assert (issuance.earner, staff.staff_memberships.count(), staff.is_staff) == (staff, 1, True)


def test_operators_account_is_not_closed(earner, other):
    User.objects.filter(pk=other.pk).update(is_superuser=True)

    with pytest.raises(MergeRefusedError):
        join(earner)


def test_account_with_a_second_factor_is_not_taken_by_a_mail_link_alone(earner, other):
    Authenticator.objects.create(user=other, type=Authenticator.Type.TOTP, data={})

    with pytest.raises(MergeRefusedError, match="passkey or an authenticator app"):
        join(earner)

    assert find_user(WORK) == other


def test_refusal_is_said_on_the_page_and_nothing_half_done_stays(client, earner, other):
    Authenticator.objects.create(user=other, type=Authenticator.Type.TOTP, data={})
    add_address(earner, address=WORK)
    link = reverse("earners:confirm_address", args=[make_proof_token(earner, address=WORK)])
    client.force_login(earner)

    page = client.post(link, follow=True)

    assert "Your other account is protected by a passkey or an authenticator app." in words(page)
    assert EmailAddress.objects.get(user=earner, email=WORK).verified is False


# --- the page ------------------------------------------------------------------------------------


def test_page_says_before_what_will_happen(client, earner, other, badge, issuance):
    issue(badge, to=other)
    add_address(earner, address=WORK)
    client.force_login(earner)

    page = client.get(reverse("earners:confirm_address", args=[make_proof_token(earner, address=WORK)]))

    text = words(page)
    assert "Make two accounts one" in text
    assert "Its 1 badge comes into your portfolio, with its link as it is." in text
    assert "You then hold twice: Infection Control Practitioner." in text
    assert "This cannot be undone." in text


def test_session_of_the_other_account_cannot_confirm_for_the_first(client, earner, other):
    add_address(earner, address=WORK)
    link = reverse("earners:confirm_address", args=[make_proof_token(earner, address=WORK)])
    client.force_login(other)

    assert client.post(link).status_code == 403
    assert User.objects.get(pk=other.pk).is_active


# --- at the same moment --------------------------------------------------------------------------


def at_once(*doings):
    """Run these in threads of their own; what each raised, or None."""

    def run(doing):
        try:
            doing()
        except RefusedError as refused:
            return refused
        else:
            return None
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(doings)) as pool:
        return list(pool.map(run, doings))


@pytest.mark.django_db(transaction=True)
def test_two_accounts_that_take_each_other_in_at_once_become_exactly_one():
    first, second = make_user("ana@example.org"), make_user(WORK)
    badge = make_published_badge(make_issuer())
    issue(badge, to=first)
    issue(badge, to=second)
    proofs = [proof_of(first, WORK), proof_of(second, "ana@example.org")]

    outcomes = at_once(*(lambda proof=proof: confirm_proof(proof) for proof in proofs))

    assert sorted(type(outcome) for outcome in outcomes if outcome) == [ProofExpiredError]
    kept = User.objects.get(pk__in=[first.pk, second.pk], is_active=True)
    assert Issuance.objects.held_by(kept).count() == 2
    assert set(EmailAddress.objects.values_list("email", "user", "verified").filter(user=kept)) == {
        ("ana@example.org", kept.pk, True),
        (WORK, kept.pk, True),
    }


@pytest.mark.django_db(transaction=True)
def test_one_link_pressed_four_times_at_once_joins_once():
    first, second = make_user("ana@example.org"), make_user(WORK)
    issue(make_published_badge(make_issuer()), to=second)
    proof = proof_of(first, WORK)

    outcomes = at_once(*[lambda: confirm_proof(proof)] * 4)

    assert [type(outcome) for outcome in outcomes if outcome] == [ProofExpiredError] * 3
    assert AuditEvent.objects.filter(verb="account merged into another").count() == 1
    assert Issuance.objects.held_by(first).count() == 1


@pytest.mark.django_db(transaction=True)
def test_badge_issued_while_its_address_is_confirmed_is_in_the_portfolio_either_way():
    earner, badge = make_user("ana@example.org"), make_published_badge(make_issuer())
    proof = proof_of(earner, WORK)

    outcomes = at_once(lambda: confirm_proof(proof), lambda: issue(badge, to=WORK))

    assert outcomes == [None, None]
    assert Issuance.objects.get(badge=badge).earner == earner
