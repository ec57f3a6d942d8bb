"""To which address an organisation writes about the badges of a person, and whose account holds them."""

import uuid

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from badgecert.accounts.actions import ensure_users, spend_temporary_passwords
from badgecert.accounts.actions.alternate_addresses import has_been_used
from badgecert.accounts.models import User
from badgecert.core import audit
from badgecert.core.text import canonical_email, clean_email
from badges.exceptions import AlreadyHoldsError, WrongStateError
from badges.models import Issuance
from badges.signals import recipient_address_changed
from issuers.models import Issuer
from issuers.permissions import can_issue


@transaction.atomic
def change_recipient_address(
    issuer: Issuer, *, earner: User, old_address: str, new_address: str, reason: str, by: User
) -> list[Issuance]:
    """Let all that the organisation gave this person under one address stand under another, and write there.

    It changes no account that its owner has used: the badges stay in it, and the new address opens it only when the
    owner agrees. An account that only stood for the old address has no owner yet; its badges go to the new address's.
    What was signed stays as it was signed: an address is a contact (decision 020).

    Raises PermissionDenied, ValidationError, WrongStateError, AlreadyHoldsError.
    """
    if not can_issue(by, issuer):
        raise PermissionDenied
    new_address = clean_email(new_address)
    old_key, new_key = canonical_email(old_address), canonical_email(new_address)
    if not reason.strip():
        raise WrongStateError(_("Say why; the reason stays in the record."))
    if new_key == old_key:
        raise WrongStateError(_("That is the address you hold already."))
    issuances = list(
        Issuance.objects.select_for_update(of=("self",))
        .filter(issuer=issuer, earner=earner, recipient_key=old_key, erased_at=None)
        .order_by("pk")
    )
    if not issuances:
        raise WrongStateError(_("You hold this address for none of their badges any more. Look at their page again."))
    standing = [issuance.badge_id for issuance in issuances if issuance.revoked_at is None]
    if Issuance.objects.standing().filter(badge__in=standing, recipient_key=new_key).exists():
        raise AlreadyHoldsError([new_address])

    holder = earner if has_been_used(earner) else ensure_users([new_key])[new_key]
    for issuance in issuances:
        issuance.recipient_email, issuance.recipient_key, issuance.earner = new_address, new_key, holder
    Issuance.objects.bulk_update(issuances, ["recipient_email", "recipient_key", "earner"])
    if holder != earner and not earner.issuances.exists():
        # Nothing is left that a password mailed to the old address could show.
        spend_temporary_passwords(earner)
    audit.record_many(
        "address changed",
        issuances,
        by=by,
        issuer_id=issuer.pk,
        reason=reason.strip(),
        held_by=str(holder.pk),
        held_before_by=str(earner.pk),
    )
    recipient_address_changed.send(
        sender=Issuance,
        issuer=issuer,
        issuance_ids=[issuance.pk for issuance in issuances],
        old_address=old_address,
        new_address=new_address,
        earner=holder,
        old_earner=earner,
        by=by,
    )
    return issuances


def addresses_held_for(earner: User, *, issuer_ids: "list[uuid.UUID]") -> list[tuple[uuid.UUID, str]]:
    """Under which addresses these organisations write to a person: the newest first."""
    rows = (
        Issuance.objects.filter(earner=earner, issuer__in=issuer_ids, erased_at=None)
        .order_by("-issued_at")
        .values_list("issuer_id", "recipient_email", "recipient_key")
    )
    return list({(issuer_id, key): (issuer_id, address) for issuer_id, address, key in reversed(rows)}.values())[::-1]


def addresses_not_agreed(earner: User, *, held: list[str]) -> list[Issuance]:
    """One issuance for each address at which an organisation writes to this person and that is none of their account's."""
    rows = (
        Issuance.objects.held_by(earner)
        .exclude(recipient_key__in=held)
        .select_related("issuer")
        .order_by("recipient_key", "issued_at")
    )
    return list({row.recipient_key: row for row in rows}.values())


@transaction.atomic
def move_issuances(*, kept: User, closed: User, by: User) -> None:
    """Two accounts became one: what the closed one held is in the other's portfolio.

    Held twice, a badge stays twice: neither link may die, and its issuer can withdraw one (decision 020).
    """
    moved = list(Issuance.objects.select_for_update(of=("self",)).filter(earner=closed).order_by("pk"))
    Issuance.objects.filter(pk__in=[issuance.pk for issuance in moved]).update(earner=kept)
    by_issuer: dict[uuid.UUID, list[Issuance]] = {}
    for issuance in moved:
        by_issuer.setdefault(issuance.issuer_id, []).append(issuance)
    for issuer_id, issuances in by_issuer.items():
        audit.record_many("badge moved to another account", issuances, by=by, issuer_id=issuer_id, kept=str(kept.pk))
