"""Pausing: mail waits, of one organisation or of the whole site, until somebody resumes it. Nothing is lost."""

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from badgecert.accounts.models import User
from badgecert.core import audit, clock
from badgecert.core.exceptions import RefusedError
from issuers.models import Issuer
from issuers.permissions import can_issue
from notifications.actions.outcomes import take_from_workers
from notifications.models import WAITING, Message, SitePause


class AlreadyPausedError(RefusedError):
    def __init__(self) -> None:
        super().__init__(_("The mail is paused already. The banner says by whom and why."))


class NotPausedError(RefusedError):
    def __init__(self) -> None:
        super().__init__(_("The mail is not paused. Somebody has resumed it already."))


@transaction.atomic
def pause_mail(issuer: Issuer, *, reason: str, by: User) -> Issuer:
    """No mail of this organisation leaves from now on, but one that is being handed over at this moment.

    What the site itself writes, such as a new password, still does. Raises AlreadyPausedError, PermissionDenied.
    """
    if not can_issue(by, issuer):
        raise PermissionDenied
    issuer = Issuer.objects.select_for_update(of=("self",)).get(pk=issuer.pk)
    if issuer.mail_paused_at:
        raise AlreadyPausedError
    issuer.mail_paused_at, issuer.mail_paused_by, issuer.mail_paused_reason = clock.now(), by, reason
    issuer.save(update_fields=_PAUSE)
    take_from_workers(Message.objects.filter(issuer=issuer))
    audit.record("mail paused", issuer, by=by, issuer_id=issuer.pk, reason=reason)
    return issuer


@transaction.atomic
def resume_mail(issuer: Issuer, *, by: User) -> int:
    """Let the organisation's mail leave again; returns how many messages wait. Raises NotPausedError, PermissionDenied."""
    if not can_issue(by, issuer):
        raise PermissionDenied
    issuer = Issuer.objects.select_for_update(of=("self",)).get(pk=issuer.pk)
    if issuer.mail_paused_at is None:
        raise NotPausedError
    issuer.mail_paused_at, issuer.mail_paused_by, issuer.mail_paused_reason = None, None, ""
    issuer.save(update_fields=_PAUSE)
    waiting = Message.objects.filter(issuer=issuer, state__in=WAITING)
    # The days of the pause do not count as days of trying.
    waiting.filter(trying_since__isnull=False).update(trying_since=None)
    count = waiting.count()
    audit.record("mail resumed", issuer, by=by, issuer_id=issuer.pk, messages=count)
    return count


_PAUSE = ("mail_paused_at", "mail_paused_by", "mail_paused_reason", "updated_at")


@transaction.atomic
def pause_all_mail(*, reason: str, by: User) -> SitePause:
    """Nothing leaves this site any more, new passwords included. Raises AlreadyPausedError, PermissionDenied."""
    if not by.is_superuser:
        raise PermissionDenied
    pause, is_new = SitePause.objects.get_or_create(is_only=True, defaults={"paused_by": by, "reason": reason})
    if not is_new:
        raise AlreadyPausedError
    take_from_workers(Message.objects.all())
    audit.record("all mail paused", pause, by=by, reason=reason)
    return pause


@transaction.atomic
def resume_all_mail(*, by: User) -> int:
    """Let the site's mail leave again, but for paused organisations; returns how many messages wait.

    Raises NotPausedError, PermissionDenied.
    """
    if not by.is_superuser:
        raise PermissionDenied
    pause = SitePause.objects.select_for_update(of=("self",)).first()
    if pause is None:
        raise NotPausedError
    waiting = Message.objects.filter(state__in=WAITING, issuer__mail_paused_at=None)
    waiting.filter(trying_since__isnull=False).update(trying_since=None)
    count = waiting.count()
    audit.record("all mail resumed", pause, by=by, messages=count)
    pause.delete()
    return count
