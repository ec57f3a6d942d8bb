"""One message and what staff do about it; and the failed ones all at once."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from badgecert.core.admin import audit_events, desk_page, refusals_as_messages
from badges.admin_forms import ReasonForm
from badges.admin_views import staff
from notifications.actions.resending import (
    may_act_on,
    may_be_retried,
    may_be_sent_again,
    resend_message,
    retriable,
    retry_failed,
    retry_message,
    set_aside,
)
from notifications.desk import came_back, state_of, undelivered, what_next
from notifications.messages import RenderedMail, masked_mail
from notifications.models import Message, MessageQuerySet
from notifications.tasks import ring_on_commit


@require_GET
def message_page(request: HttpRequest, message: Message) -> HttpResponse:
    """Everything staff may know about one message: what became of it, why, and what it said without its secrets."""
    may_act = may_act_on(message, staff(request))
    waiting = Message.objects.filter(pk=message.pk)
    return desk_page(
        request,
        "admin/notifications/message.html",
        title=message.subject or message.get_kind_display(),
        message_row=message,
        state=state_of(message),
        next_step=what_next(message),
        bounces=message.bounces.all(),
        resends=[resend.message for resend in message.resends.select_related("message").order_by("created_at")],
        original=Message.objects.filter(resends__message=message).first(),
        mail=_what_it_said(message),
        events=audit_events(message),
        may_retry=may_act and may_be_retried(message),
        may_resend=may_act and may_be_sent_again(message),
        may_set_aside=may_act and (undelivered(waiting).exists() or came_back(waiting).exists()),
    )


def _what_it_said(message: Message) -> RenderedMail | None:
    is_erased = not message.to_address or (message.issuance is not None and message.issuance.erased_at is not None)
    return None if is_erased else masked_mail(message)


def _own_message(request: HttpRequest, message_id: UUID) -> Message:
    return get_object_or_404(
        Message.objects.managed_by(request.user).select_related("issuer", "issuance").defer("sealed_body"),
        pk=message_id,
    )


@require_POST
def retry(request: HttpRequest, message_id: UUID) -> HttpResponse:
    message = _own_message(request, message_id)
    with refusals_as_messages(request):
        retry_message(message, by=staff(request))
        ring_on_commit()
        messages.success(request, _("It is being tried again now."))
    return redirect("admin:notifications_message_change", message.pk)


@require_http_methods(["GET", "POST"])
def resend(request: HttpRequest, message_id: UUID) -> HttpResponse:
    """A new mail that says the same, with the reason for it."""
    message = _own_message(request, message_id)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with refusals_as_messages(request):
            message = resend_message(message, reason=form.cleaned_data["reason"], by=staff(request))
            ring_on_commit()
            messages.success(request, _("A new mail is on its way."))
        return redirect("admin:notifications_message_change", message.pk)
    return desk_page(
        request,
        "admin/notifications/resend.html",
        title=_("Send it again"),
        message_row=message,
        form=form,
        may_resend=may_act_on(message, staff(request)) and may_be_sent_again(message),
    )


@require_POST
def set_message_aside(request: HttpRequest, message_id: UUID) -> HttpResponse:
    message = _own_message(request, message_id)
    with refusals_as_messages(request):
        set_aside(message, by=staff(request))
        messages.success(request, _("Set aside. It waits for nobody any more."))
    return redirect("admin:notifications_message_change", message.pk)


@require_http_methods(["GET", "POST"])
def retry_failed_page(request: HttpRequest, chosen: MessageQuerySet) -> HttpResponse:
    """How many of the messages of the list can be tried again; the button tries them."""
    if request.method == "POST":
        count = retry_failed(chosen, by=staff(request))
        ring_on_commit()
        messages.success(
            request,
            ngettext("%(count)d mail is being tried again.", "%(count)d mails are being tried again.", count)
            % {"count": count},
        )
        return redirect("admin:notifications_message_changelist")
    count, failed = retriable(chosen, by=staff(request)).count(), undelivered(chosen).count()
    return desk_page(
        request,
        "admin/notifications/retry_failed.html",
        title=_("Try failed mails again"),
        count=count,
        others=failed - count,
        filters=request.GET.urlencode(),
        retry_button=ngettext("Try %(count)d mail again", "Try %(count)d mails again", count) % {"count": count},
    )
