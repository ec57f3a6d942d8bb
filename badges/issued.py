"""How many of each badge were issued, without reading them all."""

from datetime import UTC

from django.db.models import Count, OuterRef, Subquery, Sum
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce

from badgecert.core import clock
from badges.models import BadgeDay, Issuance


def issued_by_now() -> Combinable:
    """For a queryset of badges: what the sums of days say of the past, and today's counted one by one."""
    midnight = clock.now().astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    past = (
        BadgeDay.objects.filter(badge=OuterRef("pk"), day__lt=midnight.date())
        .order_by()
        .values("badge")
        .annotate(number=Sum("issued"))
    )
    today = (
        Issuance.objects.filter(badge=OuterRef("pk"), issued_at__gte=midnight)
        .order_by()
        .values("badge")
        .annotate(number=Count("pk"))
    )
    return Coalesce(Subquery(past.values("number")), 0) + Coalesce(Subquery(today.values("number")), 0)
