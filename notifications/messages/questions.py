"""The mail by which an organisation gets what somebody asked on the help page."""

import uuid
from collections.abc import Sequence
from typing import ClassVar, Self
from urllib.parse import urlencode

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from earners.models import Question
from notifications.messages.base import Mail, Secrets
from notifications.models import Message, MessageKind


class QuestionMail(Mail):
    """To its contact for the topic. Answering the mail answers whoever asked."""

    kind: ClassVar[MessageKind] = MessageKind.QUESTION
    question: Question

    def __init__(self, message: Message) -> None:
        super().__init__(message)
        self._question_id = uuid.UUID(message.details["question"])

    @classmethod
    def prepare(cls, mails: Sequence[Self]) -> None:
        questions = Question.objects.select_related("issuer").in_bulk([mail._question_id for mail in mails])
        for mail in mails:
            mail.question = questions[mail._question_id]

    @property
    def reason_to_cancel(self) -> str:
        return _("The earner's data was erased.") if self.question.is_erased else ""

    @property
    def sender_name(self) -> str:
        return str(settings.SITE_NAME)

    @property
    def recipient_name(self) -> str:
        return self.question.issuer.name

    @property
    def reply_to(self) -> str:
        return self.question.from_address

    def context(self, secrets: Secrets | None) -> dict[str, object]:
        question = self.question
        why_not = f"{reverse('admin:why_not')}?{urlencode({'address': question.from_address})}"
        return {
            "issuer_name": question.issuer.name,
            "subject_of_question": question.subject,
            "name": question.name,
            "address": question.from_address,
            "text": question.text,
            "desk_url": settings.BASE_URL + why_not,
        }
