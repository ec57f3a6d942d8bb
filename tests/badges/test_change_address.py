"""Staff change the address that their organisation holds for a person; nobody takes an account over by it."""

from urllib.parse import urlsplit

import pytest
from allauth.account.models import EmailAddress
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client
from django.urls import reverse

from badgecert.accounts.actions import find_user, prove_identity, request_password
from badgecert.accounts.actions.alternate_addresses import confirm_proof, find_proof, make_proof_token
from badgecert.accounts.exceptions import WrongPasswordError
from badgecert.accounts.models import AddressProof, TemporaryPassword, User
from badgecert.accounts.signals import password_requested
from badgecert.core.models import AuditEvent
from badges.actions.addresses import addresses_held_for, change_recipient_address
from badges.actions.issuances import claim_issuance, correct_issuance, revoke_issuance
from badges.exceptions import AlreadyHoldsError, WrongStateError
from badges.models import Issuance
from certificates.models import Credential
from earners.address_links import agreement_url
from earners.claim_links import claim_url
from issuers.actions import add_staff
from issuers.models import StaffRole
from notifications.actions.delivery import deliver_due_messages
from notifications.models import Message, MessageKind, MessageState
from tests.factories import PASSWORD, issue, make_issuer, make_published_badge, make_staff, make_user

OLD, NEW = "ana@example.org", "ana@new.example"


def words(page):
    return " ".join(page.content.decode().split())


def change(issuance, *, by, new=NEW, old=None, reason="Wrote to us from her new address"):
    return change_recipient_address(
        issuance.issuer,
        earner=User.objects.get(issuances=issuance),
        old_address=old or issuance.recipient_email,
        new_address=new,
        reason=reason,
        by=by,
    )


def claim_path(issuance, address):
    return urlsplit(claim_url(issuance.pk, address=address)).path


def agreement_path(issuance):
    return urlsplit(agreement_url(issuance.pk, old_address=OLD, new_address=NEW)).path


@pytest.fixture
def unused(badge):
    """Of somebody who never came: their account only stands for the address."""
    return issue(badge, to="nobody@example.org", name="Nguyễn Thị Ánh")


# --- what moves ----------------------------------------------------------------------------------


def test_everything_from_this_organisation_stands_under_the_new_address_at_once(issuance, earner, staff, badge):
    second = issue(make_published_badge(badge.issuer), to=earner)
    elsewhere = issue(make_published_badge(make_issuer()), to=earner)

    changed = change(issuance, by=staff, new="Ana@New.Example")

    assert [row.pk for row in changed] == [issuance.pk, second.pk]
    assert set(Issuance.objects.filter(issuer=badge.issuer).values_list("recipient_email", "recipient_key")) == {
        ("Ana@New.Example", NEW)
    }
    elsewhere.refresh_from_db()
    assert elsewhere.recipient_email == OLD
    assert {row.earner for row in Issuance.objects.all()} == {earner}


def test_what_was_signed_stays_and_the_next_version_is_for_the_new_address(issuance, staff):
    before = Credential.objects.get(version=issuance.current_version).document

    change(issuance, by=staff)
    issuance.refresh_from_db()
    same = Credential.objects.get(version=issuance.current_version).document
    corrected = correct_issuance(issuance, by=staff, reason="typing slip", recipient_name="Ana Okafor")

    assert same == before
    assert corrected.code == issuance.code
    assert Credential.objects.get(version=corrected.current_version).document != before


def test_badges_of_somebody_who_never_came_go_to_the_account_of_the_new_address(unused, staff):
    old_account = unused.earner

    change(unused, by=staff)

    unused.refresh_from_db()
    assert unused.earner == find_user(NEW)
    assert unused.earner != old_account
    assert not old_account.issuances.exists()


def test_password_mailed_to_the_old_address_of_somebody_who_never_came_is_spent(unused, staff, smtp):
    deliver_due_messages()
    assert TemporaryPassword.objects.filter(spent_at=None).count() == 1

    change(unused, by=staff)

    assert TemporaryPassword.objects.filter(spent_at=None).count() == 0


def test_badge_that_waits_to_be_claimed_is_announced_at_the_new_address(unused, staff, smtp):
    deliver_due_messages()

    change(unused, by=staff)
    deliver_due_messages()

    announced = [mail.body("plain") for mail in smtp.to(NEW) if "emporary password" in mail.body("plain")]
    assert len(announced) == 1
    assert claim_path(unused, NEW) in announced[0]


def test_mail_that_was_waiting_goes_to_the_new_address_only(unused, staff, smtp):
    assert Message.objects.get(kind=MessageKind.ISSUANCE).state == MessageState.QUEUED

    change(unused, by=staff)
    deliver_due_messages()

    announced = Message.objects.filter(kind=MessageKind.ISSUANCE).order_by("sequence")
    assert [(message.to_address, message.state) for message in announced] == [
        ("nobody@example.org", MessageState.CANCELLED),
        (NEW, MessageState.SENT),
    ]


def test_mail_about_a_change_that_was_waiting_goes_to_nobody_at_the_old_address(issuance, earner, staff, smtp):
    claim_issuance(issuance, by=earner)
    deliver_due_messages()
    correct_issuance(issuance, by=staff, reason="typing slip", recipient_name="Ana Okafor", notify=True)
    waiting = Message.objects.get(kind=MessageKind.CORRECTED)

    change(issuance, by=staff)
    deliver_due_messages()

    waiting.refresh_from_db()
    assert (waiting.state, waiting.last_error) == (
        MessageState.CANCELLED,
        "The organisation writes to another address since.",
    )


def test_every_change_stands_in_the_trail_without_an_address(issuance, earner, staff):
    change(issuance, by=staff)

    event = AuditEvent.objects.get(verb="address changed")
    assert (event.object_id, event.by, event.issuer_id) == (issuance.pk, staff, issuance.issuer_id)
    assert event.reason == "Wrote to us from her new address"
    assert event.details == {"held_by": str(earner.pk), "held_before_by": str(earner.pk)}


def test_old_and_new_address_are_told(issuance, earner, staff, smtp):
    claim_issuance(issuance, by=earner)
    deliver_due_messages()
    smtp.received.clear()

    change(issuance, by=staff)
    deliver_due_messages()

    assert (len(smtp.to(OLD)), len(smtp.to(NEW))) == (1, 1)
    assert agreement_path(issuance) in smtp.to(OLD)[0].body("plain")
    assert agreement_path(issuance) not in smtp.to(NEW)[0].body("plain")


def test_old_address_of_somebody_who_never_came_is_told_if_it_had_heard_of_the_badge(unused, badge, staff, smtp):
    deliver_due_messages()
    never_heard = issue(badge, to="slip@example.org")

    change(unused, by=staff)
    change(never_heard, by=staff, new="right@example.org")
    deliver_due_messages()

    told = smtp.to("nobody@example.org")[-1].body("plain")
    assert "writes about your badges to another address from now on." in told
    assert "Your account and your badges stay as they are." not in told
    assert smtp.to("slip@example.org") == []


# --- what is refused -----------------------------------------------------------------------------


def test_same_address_another_spelling_is_no_change(issuance, staff):
    with pytest.raises(WrongStateError):
        change(issuance, by=staff, new="ANA@example.org")


@pytest.mark.parametrize("new", ["", "ana", "a b@x.example", "ana@x.example,ben@x.example", "a@x.example\r\nBcc: b@x"])
def test_address_that_is_none_is_refused(issuance, staff, new):
    with pytest.raises(ValidationError):
        change(issuance, by=staff, new=new)


def test_reason_is_needed(issuance, staff):
    with pytest.raises(WrongStateError):
        change(issuance, by=staff, reason=" ")


def test_address_that_holds_the_badge_already_is_refused_and_nothing_moves(issuance, badge, staff):
    issue(make_published_badge(badge.issuer), to=issuance.earner)
    issue(badge, to=NEW)

    with pytest.raises(AlreadyHoldsError):
        change(issuance, by=staff)

    assert Issuance.objects.filter(recipient_key=OLD).count() == 2


def test_revoked_badge_moves_beside_a_standing_one(issuance, badge, staff):
    revoke_issuance(issuance, reason="issued in error", by=staff)
    issue(badge, to=NEW)

    change(issuance, by=staff)

    assert Issuance.objects.filter(recipient_key=NEW).count() == 2


def test_address_that_is_held_no_longer_is_refused(issuance, staff):
    change(issuance, by=staff)

    with pytest.raises(WrongStateError):
        change(issuance, by=staff, old=OLD, new="third@example.org")


@pytest.mark.parametrize("role", [StaffRole.DESIGNER, StaffRole.VIEWER])
def test_who_may_not_issue_may_not_change_addresses(issuance, role):
    with pytest.raises(PermissionDenied):
        change(issuance, by=make_staff(issuance.issuer, role=role))


def test_other_organisations_staff_may_not(issuance):
    with pytest.raises(PermissionDenied):
        change(issuance, by=make_staff(make_issuer()))


# --- attacks by an issuer ------------------------------------------------------------------------


@pytest.fixture
def attacked(badge, staff, earner):
    """A badge from the attacker's organisation, whose address they changed to their own mailbox."""
    issue(make_published_badge(make_issuer()), to=earner, name="Worth stealing")
    issuance = issue(badge, to=earner)
    change(issuance, by=staff)
    issuance.refresh_from_db()
    return issuance


def test_new_address_is_no_login_and_gets_no_password(attacked, earner):
    asked = []
    password_requested.connect(lambda **kwargs: asked.append(kwargs), weak=False, dispatch_uid="attack")
    try:
        request_password(NEW)
    finally:
        password_requested.disconnect(dispatch_uid="attack")

    assert (asked, find_user(NEW)) == ([], None)
    with pytest.raises(WrongPasswordError):
        prove_identity(address=NEW, password=PASSWORD)


def test_mail_to_the_new_address_holds_no_way_into_the_account(attacked, earner, smtp):
    User.objects.filter(pk=earner.pk).update(last_login=None)

    deliver_due_messages()

    assert list(TemporaryPassword.objects.values_list("sent_to", flat=True).distinct()) == [OLD]
    for mail in smtp.to(NEW):
        assert "emporary password" not in mail.body("plain")
        assert "/log-in/link/" not in mail.body("plain")


def test_claim_link_at_the_new_address_neither_claims_nor_proves_nor_sets_a_password(attacked, earner):
    earner.set_unusable_password()
    earner.save()
    client = Client()
    link = claim_path(attacked, NEW)

    page = client.get(link)
    for typed in ({}, {"choose_password": "1"}):
        client.post(link, typed)

    attacked.refresh_from_db()
    assert "Log in to claim it" in words(page)
    assert (attacked.claimed_at, dict(client.session)) == (None, {})
    assert list(EmailAddress.objects.filter(verified=True, user=earner).values_list("email", flat=True)) == [OLD]
    assert OLD not in words(page)


def test_claim_link_that_went_to_the_old_address_is_dead(attacked):
    page = Client().get(claim_path(attacked, OLD))

    assert page.status_code == 404


def test_claim_link_of_a_mistyped_address_opens_nothing_of_the_right_one(unused, staff):
    mistyped = claim_path(unused, "nobody@example.org")

    change(unused, by=staff)

    assert Client().get(mistyped).status_code == 404
    Client().post(mistyped, {"choose_password": "1"})
    unused.refresh_from_db()
    assert unused.claimed_at is None


def test_address_of_a_victim_who_never_came_gives_the_accomplice_nothing(badge, staff, earner):
    """Staff set the address of an accomplice's account to a victim's, and the accomplice agrees: the victim's mail decides."""
    victims = issue(make_published_badge(make_issuer()), to="victim@example.org", name="The victim")
    mine = issue(badge, to=earner)
    change(mine, by=staff, new="victim@example.org")
    client = Client()
    client.force_login(earner)

    client.post(reverse("earners:add_address"), {"address": "victim@example.org"})

    victims.refresh_from_db()
    assert victims.earner != earner
    assert find_user("victim@example.org") == victims.earner
    assert issue(make_published_badge(badge.issuer), to="victim@example.org").earner == victims.earner


def test_account_that_only_its_claim_link_proved_is_no_longer_anybodys_by_address(unused, staff):
    Client().post(claim_path(unused, "nobody@example.org"))
    owner = unused.earner

    change(unused, by=staff)

    unused.refresh_from_db()
    assert unused.earner == owner
    assert find_user(NEW) is None


# --- how the new address becomes a login ---------------------------------------------------------


def test_signed_in_owner_agrees_and_the_new_mailbox_confirms(attacked, earner):
    client = Client()
    client.force_login(earner)
    shown = words(client.get("/profile/"))

    client.post(reverse("earners:add_address"), {"address": NEW})
    client.post(reverse("earners:confirm_address", args=[make_proof_token(earner, address=NEW)]))

    assert f"Its mail goes to <b><bdi>{NEW}</bdi></b>." in shown
    assert find_user(NEW) == earner
    assert "writes to another address" not in words(client.get("/profile/"))


def test_old_mailbox_agrees_and_the_new_one_confirms_in_the_same_browser(attacked, earner):
    client = Client()

    agreed = client.post(agreement_path(attacked))
    link = reverse("earners:confirm_address", args=[make_proof_token(earner, address=NEW)])
    elsewhere = Client().post(link)
    confirmed = client.post(link)

    assert f"We have sent a link to <b><bdi>{NEW}</bdi></b>." in words(agreed)
    assert elsewhere.url.startswith(reverse("account_login"))
    assert confirmed.url == reverse("account_login")
    assert find_user(NEW) == earner


def test_agreement_link_opened_changes_nothing(attacked):
    page = Client().get(agreement_path(attacked))
    Client().head(agreement_path(attacked))

    assert "Is this address yours?" in words(page)
    assert AddressProof.objects.count() == 0


@pytest.mark.parametrize("why", ["spoilt", "another address since", "not proven", "settled"])
def test_agreement_link_that_asks_nothing_any_more_is_refused(attacked, earner, staff, why):
    path = agreement_path(attacked)
    if why == "spoilt":
        path = f"{path[:-2]}x/"
    if why == "another address since":
        change(attacked, by=staff, new="third@example.org")
    if why == "not proven":
        path = urlsplit(agreement_url(attacked.pk, old_address="x@evil.example", new_address=NEW)).path
    if why == "settled":
        Client().post(path)
        confirm_proof(find_proof(make_proof_token(earner, address=NEW)))
        AddressProof.objects.all().delete()

    page = Client().post(path)

    assert (page.status_code, AddressProof.objects.count()) == (404, 0)


# --- at the desk ---------------------------------------------------------------------------------


def test_manager_changes_the_address_on_the_earners_page(client, staff, issuance, earner):
    client.force_login(staff)
    page = client.get(reverse("admin:accounts_user_change", args=[earner.pk]))
    address = reverse("admin:change_earner_address", args=[earner.pk])
    form = client.get(address).context["form"]

    answer = client.post(
        address, {"held": form["held"].value(), "new_address": NEW, "reason": "Called us"}, follow=True
    )

    assert address in words(page)
    assert "Changed. Mail goes to the new address from now on." in words(answer)
    assert Issuance.objects.get(pk=issuance.pk).recipient_email == NEW


def test_page_says_what_is_wrong_and_changes_nothing(client, staff, issuance, earner, badge):
    issue(badge, to=NEW)
    client.force_login(staff)
    address = reverse("admin:change_earner_address", args=[earner.pk])
    held = client.get(address).context["form"]["held"].value()

    taken = client.post(address, {"held": held, "new_address": NEW, "reason": "x"})
    empty = client.post(address, {"held": held, "new_address": "", "reason": ""})
    forged = client.post(address, {"held": f"{make_issuer().pk} {OLD}", "new_address": NEW, "reason": "x"})

    assert taken.context["form"].errors["new_address"] == [
        f"{NEW} already holds this badge. Correct or renew the one they have."
    ]
    assert set(empty.context["form"].errors) == {"new_address", "reason"}
    assert set(forged.context["form"].errors) == {"held"}
    assert Issuance.objects.get(pk=issuance.pk).recipient_email == OLD


def test_page_is_for_those_who_may_issue(client, issuance, earner):
    address = reverse("admin:change_earner_address", args=[earner.pk])
    client.force_login(make_staff(issuance.issuer, role=StaffRole.VIEWER))
    assert client.get(address).status_code == 403

    client.force_login(make_staff(make_issuer()))
    assert client.get(address).status_code == 404


def test_page_names_the_organisation_where_one_person_works_for_two(client, staff, issuance, earner):
    other = make_issuer(name="Another House")
    add_staff(other, user=staff, role=StaffRole.MANAGER, by=None)
    issue(make_published_badge(other), to="ana@elsewhere.example")
    Issuance.objects.filter(issuer=other).update(earner=earner)
    client.force_login(staff)

    labels = [
        label
        for _key, label in client.get(reverse("admin:change_earner_address", args=[earner.pk]))
        .context["form"]
        .fields["held"]
        .choices
    ]

    assert labels == ["ana@elsewhere.example (Another House)", f"{OLD} ({issuance.issuer})"]


def test_operator_adds_an_address_for_somebody_who_lost_theirs(client, attacked, earner):
    operator = make_user(is_superuser=True, is_staff=True)
    client.force_login(operator)
    address = reverse("admin:vouch_for_earner_address", args=[earner.pk])
    proposed = client.get(address).context["form"]["address"].value()

    page = client.post(address, {"address": proposed, "reason": "Passport seen"}, follow=True)

    assert (proposed, find_user(NEW)) == (NEW, earner)
    assert "They can log in with it now." in words(page)


def test_staff_cannot_add_an_address_to_an_account(client, staff, attacked, earner):
    client.force_login(staff)

    answer = client.post(
        reverse("admin:vouch_for_earner_address", args=[earner.pk]), {"address": NEW, "reason": "Called us"}
    )

    assert (answer.status_code, find_user(NEW)) == (403, None)


def test_addresses_held_are_the_newest_first_and_each_once(badge, earner):
    first = issue(badge, to=earner)
    issue(make_published_badge(badge.issuer), to="ANA@example.org")

    assert addresses_held_for(earner, issuer_ids=[first.issuer_id]) == [(first.issuer_id, "ANA@example.org")]
