"""How many wait behind each word of the desk's sidebar: one statement, whatever the tables hold."""

from django.db.models import Model, QuerySet

from badgecert.accounts.models import User
from badgecert.core.growing_lists import SOME, BoundedCount
from badges.models import Batch, BatchState, Proposal
from earners.models import EarnerRequest, Question
from issuers.permissions import of_own_issuers
from notifications.desk import came_back, undelivered
from notifications.models import Message


def how_many_wait(user: User) -> dict[type[Model], int]:
    """For each list with something that this person could do; each counted up to SOME and one more."""
    own = of_own_issuers(user)
    mails = Message.objects.filter(own)
    waiting: dict[str, tuple[type[Model], QuerySet[Model]]] = {
        "requests_waiting": (EarnerRequest, EarnerRequest.objects.filter(own).open()),
        "questions_waiting": (Question, Question.objects.filter(own).open()),
        "failed_waiting": (Message, undelivered(mails)),
        "returned_waiting": (Message, came_back(mails)),
        "files_waiting": (Batch, Batch.objects.filter(own, state=BatchState.DRAFT)),
        "changes_waiting": (Proposal, Proposal.objects.waiting_for(user)),
    }
    counted = User.objects.filter(pk=user.pk).annotate(
        **{name: BoundedCount(rows.order_by().values("pk")[: SOME + 1]) for name, (_model, rows) in waiting.items()}
    )
    numbers: dict[type[Model], int] = {}
    for (model, _rows), number in zip(waiting.values(), counted.values_list(*waiting).get(), strict=True):
        numbers[model] = numbers.get(model, 0) + number
    return numbers
