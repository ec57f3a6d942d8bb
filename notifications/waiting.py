"""What waits at the desk about mail."""

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext as _

from badgecert.accounts.models import User
from issuers.waiting import Waits, tells_what_waits
from notifications.desk import came_back, undelivered
from notifications.models import Message
from notifications.promise import beyond_the_promise


@tells_what_waits
def mail_that_waits(user: User) -> Iterator[Waits]:
    messages = Message.objects.managed_by(user)
    address = reverse("admin:notifications_message_changelist") + "?state=attention"
    yield Waits(undelivered(messages).count(), _("Mails could not be delivered"), address)
    yield Waits(came_back(messages).count(), _("Mails came back"), address, note=_("Ask for another address."))


@tells_what_waits
def promises_that_wait(user: User) -> Iterator[Waits]:
    beyond, soon = beyond_the_promise(user)
    address = reverse("admin:promise")
    yield Waits(
        beyond, _("Badges beyond your promise"), address, note=_("They are not on their way yet."), is_late=True
    )
    yield Waits(soon, _("Badges near your promise"), address, note=_("Two business days or less are left."))
