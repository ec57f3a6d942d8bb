"""What waits at the desk: requests of earners, and questions from the help page."""

from collections.abc import Iterator

from django.db.models import Count, Min
from django.urls import reverse
from django.utils.translation import gettext as _

from badgecert.accounts.models import User
from badgecert.core import clock
from badgecert.core.dates import short_date
from earners.models import EarnerRequest, Question
from issuers.waiting import Waits, tells_what_waits


@tells_what_waits
def requests_that_wait(user: User) -> Iterator[Waits]:
    requests, today = EarnerRequest.objects.managed_by(user), clock.today()
    address = reverse("admin:earners_earnerrequest_changelist")
    yield Waits(requests.overdue(today).count(), _("Requests overdue"), f"{address}?due=overdue", is_late=True)
    open_ones = requests.open().filter(due_on__gte=today).order_by().aggregate(first=Min("due_on"), number=Count("pk"))
    yield Waits(
        open_ones["number"],
        _("Requests to answer"),
        f"{address}?state__exact=open",
        note=_("The oldest is due on %(day)s") % {"day": short_date(open_ones["first"])} if open_ones["first"] else "",
    )


@tells_what_waits
def questions_that_wait(user: User) -> Iterator[Waits]:
    waiting = Question.objects.managed_by(user).open().order_by().aggregate(first=Min("created_at"), number=Count("pk"))
    yield Waits(
        waiting["number"],
        _("Questions to answer"),
        f"{reverse('admin:earners_question_changelist')}?state=open",
        note=_("The oldest came on %(day)s") % {"day": short_date(waiting["first"])} if waiting["first"] else "",
    )
