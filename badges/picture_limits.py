"""How many pictures one person may bring at once, and one organisation in all: they stay for ever."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from badgecert.accounts import counters
from badgecert.accounts.models import User
from badgecert.core import clock
from badges.models import BadgeVersion
from issuers.models import Issuer

TOO_FAST = "too_fast"
_A_MINUTE = 60


def count_picture(issuer: Issuer, *, by: User) -> None:
    """Raises ValidationError, with the code TOO_FAST where waiting helps."""
    limit = settings.PICTURES_PER_MINUTE
    if counters.count(f"pictures:{clock.now():%Y%m%d%H%M}:{by.pk}", remembered_for=_A_MINUTE) > limit:
        raise ValidationError(
            _("Too many pictures within a minute: the limit is %(limit)d. Wait a minute, then save again."),
            code=TOO_FAST,
            params={"limit": limit},
        )
    room = settings.PICTURES_PER_ISSUER
    if BadgeVersion.objects.filter(badge__issuer=issuer).values("picture").distinct().count() >= room:
        raise ValidationError(
            _(
                "No room for another picture: the limit of an organisation is %(room)d. Keep the one this badge has, or "
                "ask whoever runs this site for more room."
            ),
            params={"room": room},
        )
