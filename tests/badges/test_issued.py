"""How many of each badge were issued, as the list of badges says it."""

from datetime import timedelta

from badgecert.core import clock
from badges.issued import issued_by_now
from badges.models import Badge, BadgeDay
from tests.factories import issue, make_published_badge


def test_past_days_come_from_their_sums_and_today_is_counted(issuer, badge):
    other = make_published_badge(issuer)
    yesterday = clock.now().date() - timedelta(days=1)
    BadgeDay.objects.create(badge=badge, day=yesterday, issued=40)
    BadgeDay.objects.create(badge=badge, day=yesterday - timedelta(days=1), issued=2)
    # Today's sum may be a minute old.
    BadgeDay.objects.create(badge=badge, day=clock.now().date(), issued=0)
    issue(badge)
    issue(badge)

    counts = Badge.objects.annotate(issued=issued_by_now()).values_list("pk", "issued")

    assert dict(counts) == {badge.pk: 44, other.pk: 0}
