import uuid

from django.db import transaction

from earners.models import Question
from issuers.models import Topic
from notifications.actions.outbox import new_message, owe
from notifications.models import MessageKind


@transaction.atomic
def queue_question_mail(question_id: uuid.UUID) -> None:
    """Tell the organisation's contact for its topic. Whoever asked gets no copy: they may have typed anybody's address."""
    question = Question.objects.select_related("issuer").get(pk=question_id)
    message = new_message(
        MessageKind.QUESTION,
        to_address=question.issuer.contact_for(Topic(question.topic) if question.topic else None),
        issuer=question.issuer,
        details={"question": str(question.pk)},
    )
    owe({f"question:{question.pk}": message})
