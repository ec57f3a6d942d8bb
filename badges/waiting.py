"""What waits at the desk about badges and who holds them."""

from collections.abc import Iterator
from datetime import timedelta

from django.urls import reverse
from django.utils.translation import gettext as _

from badgecert.accounts.models import User
from badgecert.core import clock
from badgecert.core.dates import short_date
from badgecert.core.growing_lists import REACH
from badges.disclosure import EXPIRING_WITHIN
from badges.models import Badge, BadgeState, Batch, BatchRow, BatchState, Issuance, Proposal
from issuers.models import Issuer
from issuers.permissions import of_own_issuers
from issuers.waiting import Waits, tells_what_waits

# Whoever has not taken held rows up by then will not.
_ROWS_ARE_REMEMBERED = timedelta(days=30)


@tells_what_waits
def files_that_wait(user: User) -> Iterator[Waits]:
    batches = Batch.objects.managed_by(user)
    files = reverse("admin:badges_batch_changelist")
    yield Waits(
        batches.filter(state=BatchState.DRAFT).count(),
        _("Files checked and not issued yet"),
        f"{files}?state__exact=draft",
    )
    recent = batches.filter(state=BatchState.ISSUED, finished_at__gt=clock.now() - _ROWS_ARE_REMEMBERED)
    number = BatchRow.objects.held().filter(batch__in=recent).order_by()[: REACH + 1].count()
    yield Waits(
        min(number, REACH),
        _("Rows held back from files"),
        f"{files}?state__exact=issued",
        note=_("Correct them and upload them again."),
        has_more=number > REACH,
    )


@tells_what_waits
def changes_that_wait(user: User) -> Iterator[Waits]:
    yield Waits(
        Proposal.objects.waiting_for(user).count(),
        _("Changes wait for you to agree"),
        reverse("admin:badges_proposal_changelist") + "?state__exact=waiting",
    )


@tells_what_waits
def badges_that_wait(user: User) -> Iterator[Waits]:
    yield Waits(
        Badge.objects.managed_by(user).filter(state=BadgeState.DRAFT).count(),
        _("Badges not published yet"),
        reverse("admin:badges_badge_changelist") + "?state__exact=draft",
    )
    today = clock.today()
    expiring = Issuance.objects.filter(
        of_own_issuers(user),
        revoked_at=None,
        erased_at=None,
        suspended_at=None,
        expires_on__range=(today, today + EXPIRING_WITHIN),
    )
    days = expiring.order_by("expires_on").values_list("expires_on", flat=True)
    number, first = days[: REACH + 1].count(), days.first()
    yield Waits(
        min(number, REACH),
        _("Expire within 60 days"),
        reverse("admin:badges_issuance_changelist") + "?state=expiring",
        note=_("First on %(day)s") % {"day": short_date(first)} if first else "",
        has_more=number > REACH,
    )


@tells_what_waits
def people_who_wait(user: User) -> Iterator[Waits]:
    locked = User.objects.filter(locked_at__isnull=False, issuances__issuer__in=Issuer.objects.managed_by(user))
    yield Waits(
        locked.distinct().count(), _("Accounts locked"), reverse("admin:accounts_user_changelist") + "?locked=yes"
    )
