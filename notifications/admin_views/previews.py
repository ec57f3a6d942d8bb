"""The mail that would go out: on the screen, and in one's own mailbox."""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from badgecert.core.admin import refusals_as_messages
from badgecert.core.exceptions import RefusedError
from badges.admin_views import (
    not_tried,
    own_batch,
    preview_refused,
    previewed,
    previewed_correction,
    staff,
    tried,
)
from badges.models import Issuance
from notifications.actions.first_copies import queue_first_copy
from notifications.messages import mail_for, preview_issuance_mail
from notifications.models import Message
from notifications.tasks import ring_on_commit

# A mail carries its own styles and our own pictures; it must not do anything else.
_MAIL_POLICY = "default-src 'none'; img-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'self'; sandbox"


@require_POST
def preview_mail(request: HttpRequest) -> HttpResponse:
    """The mail that would go out, as a mail program shows it."""
    try:
        disclosure, address = previewed(request)
    except ValidationError as error:
        return preview_refused(request, error)
    return in_mail_frame(preview_issuance_mail(disclosure, address).html)


@require_POST
def preview_corrected_mail(request: HttpRequest, issuance_id: UUID) -> HttpResponse:
    """The mail that tells of a correction as it is typed."""
    with previewed_correction(request, issuance_id) as (issuance, form):
        if issuance is None:
            return render(request, "admin/no_preview.html", {"form": form})
        try:
            return in_mail_frame(_newest_mail_about(issuance))
        except RefusedError as error:
            form.add_error(None, str(error))
            return render(request, "admin/no_preview.html", {"form": form})


@require_POST
def preview_tried_mail(request: HttpRequest, work: str, work_id: UUID, row_id: UUID) -> HttpResponse:
    """The mail about a change that is only proposed, or about a row that is not issued yet."""
    try:
        with tried(request, work, work_id, row_id) as issuance:
            return in_mail_frame(_newest_mail_about(issuance))
    except RefusedError as error:
        return not_tried(request, work, work_id, error)


def _newest_mail_about(issuance: Issuance) -> str:
    """Raises RefusedError when nobody would get it."""
    told = Message.objects.filter(issuance=issuance).select_related(
        "issuer", "user", "issuance__badge__issuer", "issuance__issuer", "issuance__earner"
    )
    mail = mail_for(told.latest("created_at", "pk"))
    if mail.reason_to_cancel:
        raise RefusedError(_("This person would get no mail. %(why)s") % {"why": mail.reason_to_cancel})
    return mail.render_masked().html


def in_mail_frame(page: str) -> HttpResponse:
    response = HttpResponse(page)
    response["Content-Security-Policy"] = _MAIL_POLICY
    return response


@require_POST
def send_first_copy(request: HttpRequest, batch_id: UUID) -> HttpResponse:
    batch = own_batch(request, batch_id)
    with refusals_as_messages(request):
        message = queue_first_copy(batch, by=staff(request))
        ring_on_commit()
        messages.success(request, _("A first copy is on its way to %(address)s.") % {"address": message.to_address})
    return redirect("admin:badges_batch_change", batch.pk)
