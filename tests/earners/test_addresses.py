"""The addresses of an account: typed, proven by their own mail, made primary, removed."""

import re
from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse

from badgecert.accounts.actions import alternate_addresses, ensure_users, find_user, make_temporary_password
from badgecert.accounts.actions.alternate_addresses import (
    AddressChange,
    account_to_merge,
    add_address,
    confirm_proof,
    find_proof,
    make_primary,
    make_proof_token,
    remove_address,
    vouch_for_address,
)
from badgecert.accounts.exceptions import (
    AccountLockedError,
    AddressNotYoursError,
    AddressYoursAlreadyError,
    LastAddressError,
    MergeRefusedError,
    NotConfirmedError,
    ProofExpiredError,
    ReasonMissingError,
    TooManyAddressesError,
)
from badgecert.accounts.models import AddressProof, TemporaryPassword, User
from badgecert.accounts.reauthentication import PROVEN_FOR
from badgecert.accounts.signals import address_added, address_changed, merge_proof_wanted
from badgecert.core import clock
from badgecert.core.models import AuditEvent
from badges.models import Issuance
from notifications.actions.delivery import deliver_due_messages
from notifications.models import Message
from tests.factories import PASSWORD, issue, make_published_badge, make_user

WORK = "ana@work.example"
PROFILE = "/profile/"


def words(page):
    return " ".join(page.content.decode().split())


def heard(signal, *, of):
    """What the signal says while the block runs."""
    said = []

    def note(**kwargs):
        said.append({name: kwargs[name] for name in of})

    signal.connect(note, weak=False, dispatch_uid="test")
    return said


@pytest.fixture(autouse=True)
def _silence():
    yield
    for signal in (address_added, merge_proof_wanted, address_changed):
        signal.disconnect(dispatch_uid="test")


def link_for(user, address):
    """The path in the mail that this address gets."""
    add_address(user, address=address)
    return reverse("earners:confirm_address", args=[make_proof_token(user, address=address)])


def confirm(user, address):
    add_address(user, address=address)
    return confirm_proof(find_proof(make_proof_token(user, address=address)))


def held(user):
    return sorted(EmailAddress.objects.filter(user=user, verified=True).values_list("email", flat=True))


@pytest.fixture
def ana(client, earner):
    client.force_login(earner)
    return client


# --- adding --------------------------------------------------------------------------------------


def test_added_address_logs_in_nobody_and_catches_nothing_before_it_is_confirmed(earner):
    add_address(earner, address=" Ana@Work.Example ")

    assert EmailAddress.objects.get(email=WORK).verified is False
    assert find_user(WORK) is None
    assert ensure_users([WORK])[WORK] != earner


def test_confirmed_address_logs_in_and_what_comes_later_is_in_the_same_portfolio(earner, badge):
    confirm(earner, WORK)

    assert find_user("ANA@work.example") == earner
    assert issue(badge, to=WORK).earner == earner


def test_confirmed_address_brings_what_was_issued_to_it_before(earner, badge):
    before = issue(badge, to=WORK)
    placeholder = before.earner

    confirm(earner, WORK)

    before.refresh_from_db()
    placeholder.refresh_from_db()
    assert before.earner == earner
    assert (placeholder.is_active, placeholder.email) == (False, f"{placeholder.pk}@closed.invalid")
    assert held(earner) == ["ana@example.org", WORK]
    moved = AuditEvent.objects.get(verb="badge moved to another account")
    assert (moved.object_id, moved.by, moved.issuer_id) == (before.pk, earner, before.issuer_id)


def test_temporary_password_of_the_account_that_stood_for_the_address_opens_nothing_any_more(earner, badge):
    placeholder = issue(badge, to=WORK).earner
    make_temporary_password(placeholder, lasts=timedelta(days=14))

    confirm(earner, WORK)

    assert TemporaryPassword.objects.usable(clock.now()).count() == 0


def test_link_is_kept_as_a_hash_only_and_works_once(earner):
    add_address(earner, address=WORK)
    token = make_proof_token(earner, address=WORK)

    proof = find_proof(token)
    confirm_proof(proof)

    assert token not in str(AddressProof.objects.values_list())
    assert find_proof(token) is None
    with pytest.raises(ProofExpiredError):
        confirm_proof(proof)


def test_each_mail_has_a_link_of_its_own_and_there_is_none_when_nothing_is_asked(earner):
    add_address(earner, address=WORK)
    add_address(earner, address=WORK)

    first, second = make_proof_token(earner, address=WORK), make_proof_token(earner, address=WORK)

    assert find_proof(first).pk != find_proof(second).pk
    assert make_proof_token(earner, address=WORK) is None


def test_link_lapses_after_a_day(earner):
    add_address(earner, address=WORK)
    token = make_proof_token(earner, address=WORK)

    with clock.at(clock.now() + alternate_addresses.PROOF_LASTS):
        assert find_proof(token) is None


def test_link_of_a_removed_address_is_dead(earner):
    add_address(earner, address=WORK)
    token = make_proof_token(earner, address=WORK)

    remove_address(earner, address=WORK)

    assert find_proof(token) is None


def test_confirmed_address_cannot_be_added_again(earner):
    with pytest.raises(AddressYoursAlreadyError):
        add_address(earner, address=earner.email)


def test_links_to_one_address_stop_silently_after_three_an_hour(earner, stranger):
    said = heard(address_added, of=("address",))

    for asker in (earner, stranger, earner, stranger):
        add_address(asker, address=WORK)

    assert said == [{"address": WORK}] * 3
    with clock.at(clock.now() + timedelta(hours=1, minutes=1)):
        add_address(earner, address=WORK)
    assert len(said) == 4


def test_links_of_one_account_are_refused_after_ten_an_hour(earner):
    for number in range(10):
        add_address(earner, address=f"ana{number // 2}@work.example")

    with pytest.raises(TooManyAddressesError):
        add_address(earner, address=WORK)

    assert AddressProof.objects.count() == 10


def test_account_has_ten_addresses_at_most(earner):
    EmailAddress.objects.bulk_create(EmailAddress(user=earner, email=f"a{n}@work.example") for n in range(9))

    with pytest.raises(TooManyAddressesError):
        add_address(earner, address=WORK)

    assert not EmailAddress.objects.filter(email=WORK).exists()


def test_locked_account_adds_and_confirms_nothing(earner):
    add_address(earner, address=WORK)
    proof = find_proof(make_proof_token(earner, address=WORK))
    earner.locked_at = clock.now()
    earner.save()

    with pytest.raises(AccountLockedError):
        add_address(earner, address=WORK)
    with pytest.raises(AccountLockedError):
        confirm_proof(proof)

    assert held(earner) == ["ana@example.org"]


def test_others_hear_of_an_address_that_was_added(earner):
    said = heard(address_changed, of=("change", "address", "told"))

    confirm(earner, WORK)

    assert said == [{"change": AddressChange.ADDED, "address": WORK, "told": ["ana@example.org"]}]


# --- nobody learns whose an address is -----------------------------------------------------------


@pytest.mark.parametrize("whose", ["nobody's", "an earner's who never came", "another account's"])
def test_page_answers_the_same_for_every_address(ana, badge, whose):
    if whose == "an earner's who never came":
        issue(badge, to=WORK)
    if whose == "another account's":
        make_user(WORK)

    page = ana.post(reverse("earners:add_address"), {"address": WORK}, follow=True)

    assert page.redirect_chain == [("/profile/#addresses", 302)]
    assert f"We have sent a link to {WORK}. Open it in this browser within a day." in words(page)
    assert "Waiting: open the link in the mail we sent there" in words(page)
    assert list(EmailAddress.objects.filter(user__email="ana@example.org", email=WORK).values_list("verified")) == [
        (False,)
    ]


def test_only_the_mail_of_the_address_hears_that_another_account_has_it(earner):
    make_user(WORK)
    said = heard(merge_proof_wanted, of=("user", "address"))

    add_address(earner, address=WORK)

    assert said == [{"user": earner, "address": WORK}]


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("", "Enter an e-mail address."),
        ("ana", "This e-mail address has no @."),
        ("a@b.example\r\nBcc: x@y.example", "An e-mail address has no spaces. Enter one address only."),
        ("ana@work.example,ben@work.example", "Enter an e-mail address like ana@example.org."),
        ("ána@work.example", "Enter an e-mail address like ana@example.org."),
        ("ana\u200b@work.example", "Enter an e-mail address like ana@example.org."),
    ],
)
def test_page_says_what_is_wrong_with_an_address(ana, typed, sentence):
    page = ana.post(reverse("earners:add_address"), {"address": typed})

    assert (page.status_code, page.context["form"].errors["address"]) == (400, [sentence])
    assert AddressProof.objects.count() == 0


# --- the link ------------------------------------------------------------------------------------


def test_link_opened_changes_nothing(ana, earner):
    link = link_for(earner, WORK)

    for method in (ana.get, ana.head, Client().get, Client().head):
        method(link)

    assert held(earner) == ["ana@example.org"]


def test_link_confirms_by_its_button_in_the_session_of_the_account(ana, earner):
    link = link_for(earner, WORK)

    page = ana.post(link, follow=True)

    assert held(earner) == ["ana@example.org", WORK]
    assert f"{WORK} is confirmed. You can log in with it." in words(page)


@pytest.mark.parametrize("is_used", [False, True])
def test_mail_leads_to_the_page_that_confirms(ana, earner, smtp, is_used):
    if is_used:
        make_user(WORK)
    ana.post(reverse("earners:add_address"), {"address": WORK})

    deliver_due_messages()
    [mail] = smtp.to(WORK)
    link = re.search(r"/addresses/confirm/\S+/", mail.body("plain"))[0]
    ana.post(link)

    assert find_user(WORK) == earner
    assert link not in str(Message.objects.values_list())


def test_link_asks_a_stranger_to_log_in_and_does_nothing(earner, client):
    """Somebody who is sent a link by an attacker's account gives nothing away by pressing it."""
    link = link_for(earner, WORK)

    answer = client.post(link)

    assert answer.url == f"{reverse('account_login')}?next={link.replace('/', '%2F')}"
    assert held(earner) == ["ana@example.org"]


def test_link_of_another_account_does_nothing_for_whoever_is_logged_in(client, earner, stranger):
    link = link_for(earner, WORK)
    client.force_login(stranger)

    page = client.post(link)

    assert (page.status_code, held(earner), held(stranger)) == (403, ["ana@example.org"], ["stranger@example.org"])
    assert earner.email not in words(page)


@pytest.mark.parametrize("token", ["x", "x" * 43])
def test_link_that_is_spoilt_says_what_to_do(client, db, token):
    page = client.get(reverse("earners:confirm_address", args=[token]))

    assert page.status_code == 404
    assert "My Profile shows your addresses and sends another link." in words(page)


# --- primary, remove -----------------------------------------------------------------------------


def test_primary_address_moves_and_the_old_one_hears_of_it(ana, earner):
    confirm(earner, WORK)
    said = heard(address_changed, of=("change", "address", "told"))
    entry = EmailAddress.objects.get(email=WORK)

    page = ana.post(reverse("earners:change_address", args=[entry.pk]), {"action": "primary"}, follow=True)

    earner.refresh_from_db()
    assert f"{WORK} is your primary address now." in words(page)
    assert (earner.email, EmailAddress.objects.get(user=earner, primary=True).email) == (WORK, WORK)
    assert said == [{"change": AddressChange.MADE_PRIMARY, "address": WORK, "told": ["ana@example.org", WORK]}]
    assert find_user("ana@example.org") == earner


def test_unconfirmed_address_does_not_become_primary(earner):
    add_address(earner, address=WORK)

    with pytest.raises(NotConfirmedError):
        make_primary(earner, address=WORK)


def test_removed_address_logs_in_no_more_and_its_badges_stay(ana, earner, badge):
    confirm(earner, WORK)
    issuance = issue(badge, to=WORK)
    make_temporary_password(earner, lasts=timedelta(days=1), sent_to=WORK)
    said = heard(address_changed, of=("change", "address", "told"))
    entry = EmailAddress.objects.get(email=WORK)

    page = ana.post(reverse("earners:change_address", args=[entry.pk]), {"action": "remove"}, follow=True)

    issuance.refresh_from_db()
    assert f"{WORK} is no address of this account any more." in words(page)
    assert (find_user(WORK), issuance.earner) == (None, earner)
    assert TemporaryPassword.objects.usable(clock.now()).count() == 0
    assert said == [{"change": AddressChange.REMOVED, "address": WORK, "told": ["ana@example.org", WORK]}]


def test_primary_address_cannot_be_removed(ana, earner):
    entry = EmailAddress.objects.get(user=earner)

    page = ana.post(reverse("earners:change_address", args=[entry.pk]), {"action": "remove"}, follow=True)

    assert "This is your primary address. Make another one primary first." in words(page)
    assert held(earner) == ["ana@example.org"]
    with pytest.raises(LastAddressError):
        remove_address(earner, address=earner.email)


def test_addresses_of_others_are_out_of_reach(ana, stranger):
    entry = EmailAddress.objects.get(user=stranger)

    for action in ("resend", "primary", "remove"):
        assert ana.post(reverse("earners:change_address", args=[entry.pk]), {"action": action}).status_code == 404
    with pytest.raises(AddressNotYoursError):
        remove_address(User.objects.get(email="ana@example.org"), address=stranger.email)
    assert held(stranger) == ["stranger@example.org"]


# --- the password once more ----------------------------------------------------------------------


def test_old_session_shows_the_password_again_before_addresses_change(ana, earner):
    entry = EmailAddress.objects.create(user=earner, email=WORK, verified=True)
    later = clock.now() + PROVEN_FOR + timedelta(minutes=1)

    with clock.at(later):
        asked = ana.get(reverse("earners:add_address"))
        added = ana.post(reverse("earners:add_address"), {"address": "other@work.example"})
        removed = ana.post(reverse("earners:change_address", args=[entry.pk]), {"action": "remove"})

        assert asked.url == "/log-in/again/?next=%2Fprofile%2Faddresses%2Fadd%2F"
        assert (added.url, removed.url) == ("/log-in/again/?next=%2Fprofile%2F",) * 2
        assert (AddressProof.objects.count(), held(earner)) == (0, ["ana@example.org", WORK])

        proven = ana.post(asked.url, {"current_password": PASSWORD, "next": reverse("earners:add_address")})

        assert proven.url == reverse("earners:add_address")
        assert ana.get(proven.url).status_code == 200


def test_password_asked_again_and_wrong_counts_toward_the_lock(ana, earner):
    page = ana.post(reverse("account_reauthenticate"), {"current_password": "no"})

    earner.refresh_from_db()
    assert (page.status_code, earner.failed_logins) == (400, 1)
    assert "That is not your password." in words(page)


def test_password_page_leads_nowhere_else(ana):
    answer = ana.post(
        reverse("account_reauthenticate"), {"current_password": PASSWORD, "next": "https://evil.example/"}
    )

    assert answer.url == PROFILE


# --- the operator --------------------------------------------------------------------------------


def test_operator_vouches_for_an_address_with_a_reason(earner, badge):
    operator = make_user(is_superuser=True, is_staff=True)
    before = issue(badge, to=WORK)

    vouch_for_address(earner, address=WORK, reason="Passport seen at the counter", by=operator)

    before.refresh_from_db()
    event = AuditEvent.objects.get(verb="address added")
    assert (find_user(WORK), before.earner) == (earner, earner)
    assert (event.by, event.reason, event.object_id) == (operator, "Passport seen at the counter", earner.pk)


def test_operator_needs_a_reason_and_takes_no_account_that_is_used(earner):
    operator = make_user(is_superuser=True, is_staff=True)
    make_user(WORK)

    with pytest.raises(ReasonMissingError):
        vouch_for_address(earner, address="new@work.example", reason=" ", by=operator)
    with pytest.raises(MergeRefusedError):
        vouch_for_address(earner, address=WORK, reason="Said so", by=operator)
    assert held(earner) == ["ana@example.org"]


def test_staff_cannot_vouch(earner, staff, issuance):
    with pytest.raises(PermissionDenied):
        vouch_for_address(earner, address=WORK, reason="Called us", by=staff)


def test_account_to_merge_is_one_that_somebody_used(earner, badge):
    issue(badge, to="placeholder@work.example")
    used = make_user(WORK)
    add_address(earner, address=WORK)
    add_address(earner, address="placeholder@work.example")

    proofs = {proof.address: proof for proof in AddressProof.objects.all()}

    assert account_to_merge(proofs[WORK]) == used
    assert account_to_merge(proofs["placeholder@work.example"]) is None


def test_issuances_of_others_stay_where_they_are(earner, stranger, badge):
    theirs = issue(make_published_badge(badge.issuer), to=stranger)

    confirm(earner, WORK)

    assert Issuance.objects.get(earner=stranger) == theirs
