"""What mail an earner wants."""

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied
from django.db import transaction

from badgecert.accounts.models import User
from badgecert.core import audit, clock
from badges.models import Issuance
from issuers.models import Issuer
from notifications.actions.outcomes import take_from_workers
from notifications.models import Message, OptionalMail, Preference

if TYPE_CHECKING:
    import uuid

_STOPPED = {OptionalMail.REMINDERS: "reminders stopped", OptionalMail.EXPIRY: "expiry mails stopped"}
_WANTED = {OptionalMail.REMINDERS: "reminders wanted", OptionalMail.EXPIRY: "expiry mails wanted"}


@transaction.atomic
def stop_mails(issuance: Issuance, *, mails: OptionalMail) -> None:
    """No more of these from this organisation to this earner. Whoever has the link in the mail may say so; twice too."""
    if issuance.earner is not None:
        _set(issuance.earner, issuance.issuer, mails=mails, is_wanted=False)


@transaction.atomic
def save_mail_preferences(*, wanted: Mapping["uuid.UUID", Collection[str]], by: User) -> None:
    """For each organisation (its id) the optional mails that the person wants from it.

    Raises PermissionDenied for an organisation that never issued them a badge.
    """
    issuers = {issuer.pk: issuer for issuer in issuers_of(by)}
    if not wanted.keys() <= issuers.keys():
        raise PermissionDenied
    for issuer_id, chosen in wanted.items():
        for mails in OptionalMail:
            _set(by, issuers[issuer_id], mails=mails, is_wanted=mails.value in chosen)


def issuers_of(user: User) -> list[Issuer]:
    """Whose badges this person holds, by name."""
    held = Issuance.objects.held_by(user).order_by().values("issuer")
    return list(Issuer.objects.filter(pk__in=held).order_by("name"))


def _set(user: User, issuer: Issuer, *, mails: OptionalMail, is_wanted: bool) -> None:
    # Locked, so that two clicks do not write the trail twice.
    Preference.objects.bulk_create([Preference(user=user, issuer=issuer)], ignore_conflicts=True)
    preference = Preference.objects.select_for_update().get(user=user, issuer=issuer)
    if is_wanted == (getattr(preference, mails.stopped_at) is None):
        return
    setattr(preference, mails.stopped_at, None if is_wanted else clock.now())
    preference.save(update_fields=[mails.stopped_at])
    if not is_wanted:
        take_from_workers(Message.objects.filter(user=user, issuer=issuer, kind=mails.kind))
    audit.record((_WANTED if is_wanted else _STOPPED)[mails], preference, by=user, issuer_id=issuer.pk)


@transaction.atomic
def move_mail_preferences(*, kept: User, closed: User) -> None:
    """Two accounts became one: what either did not want, nobody wants."""
    for preference in Preference.objects.select_for_update().filter(user=closed).select_related("issuer"):
        for mails in OptionalMail:
            if getattr(preference, mails.stopped_at):
                _set(kept, preference.issuer, mails=mails, is_wanted=False)
        preference.delete()
