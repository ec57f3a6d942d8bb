"""Mail on pages of apps below this one, which know nothing of it."""

from django import template
from django.contrib.auth.models import AnonymousUser
from django.db.models import Count, Q

from badgecert.accounts.models import User
from badges.models import Batch, Issuance
from notifications.models import WAITING, Message, MessageState
from notifications.stories import addresses_like_those_of, answers_in, story_of_earner, story_of_issuance

register = template.Library()
_STORY = "admin/notifications/story.html"


@register.inclusion_tag(_STORY, takes_context=True)
def mail_about(context: template.Context, issuance: Issuance) -> dict[str, object]:
    """What became of the mail about one badge."""
    return {"lines": story_of_issuance(issuance, by=_reader(context))}


@register.inclusion_tag("admin/notifications/mail_to.html", takes_context=True)
def mail_to(context: template.Context, earner: User) -> dict[str, object]:
    """What became of the mail to one person, from the reader's own organisations, and why something did not arrive."""
    by = _reader(context)
    lines = story_of_earner(earner, by=by)
    return {"lines": lines, "answers": answers_in(lines), "alike": addresses_like_those_of(earner, by=by)}


@register.inclusion_tag("admin/notifications/mail_of_batch.html")
def mail_of_batch(batch: Batch) -> dict[str, object]:
    """How far the mails of a batch are; one query."""
    counts: dict[str, int] = Message.objects.filter(issuance__batch=batch).aggregate(
        sent=Count("pk", filter=Q(state=MessageState.SENT)),
        waiting=Count("pk", filter=Q(state__in=WAITING)),
        failed=Count("pk", filter=Q(state=MessageState.FAILED)),
    )
    return {**counts, "batch": batch}


def _reader(context: template.Context) -> User:
    user: User | AnonymousUser = context["request"].user
    if not isinstance(user, User):
        msg = "Only the desk tells of mail."
        raise TypeError(msg)
    return user
