"""One badge for one person: typed, previewed, issued."""

from datetime import datetime

from django.contrib import messages
from django.core import signing
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from badgecert.core.admin import desk_page
from badgecert.core.exceptions import RefusedError
from badgecert.core.text import canonical_email
from badges.actions.batches import issue_to_one
from badges.admin_forms import IssueForm, opened, published_badges
from badges.admin_views.access import for_issuing_staff, staff
from badges.disclosure import Disclosure, preview_disclosure
from badges.exceptions import AlreadyHoldsError
from badges.models import Batch, Issuance


@for_issuing_staff
@require_http_methods(["GET", "POST"])
def issue_badge(request: HttpRequest) -> HttpResponse:
    """Step one, and the last step when the preview posts back what it was given."""
    by = staff(request)
    if request.method == "GET":
        return _issue_page(request, IssueForm(initial={"badge": request.GET.get("badge", "")}, user=by))
    form, token = _opened_form(request)
    if form is None:
        messages.error(request, _("This preview is more than a day old. Enter it again."))
        return redirect("admin:issue_badge")
    if "change" in request.POST:
        return _issue_page(request, IssueForm(initial=form.data, user=by))
    if not form.is_valid():
        return _issued_already(request, form) or _issue_page(request, form)
    try:
        made = issue_to_one(form.new_issuance(), badge=form.cleaned_data["badge"], once=token, by=by)
    except AlreadyHoldsError as error:
        return _issued_already(request, form) or _refused(request, form, error)
    except (RefusedError, ValidationError) as error:
        return _refused(request, form, error)
    if isinstance(made, Batch):
        return redirect("admin:badges_batch_change", made.pk)
    messages.success(request, _("Issued. The mail is on its way."))
    return redirect("admin:badges_issuance_change", made.pk)


@for_issuing_staff
@require_POST
def preview_issue(request: HttpRequest) -> HttpResponse:
    form = IssueForm(request.POST, user=staff(request))
    if not form.is_valid():
        return _issue_page(request, form)
    badge = form.cleaned_data["badge"]
    return desk_page(
        request,
        "admin/badges/issue_preview.html",
        title=_("Preview"),
        form=form,
        badge=badge,
        new=form.new_issuance(),
        token=form.signed(),
        minutes_to_undo=badge.issuer.single_delay_minutes,
    )


def previewed(request: HttpRequest) -> tuple[Disclosure, str]:
    """What the preview of a page, a mail or a certificate is made from, and the address. Raises ValidationError."""
    form, _token = _opened_form(request)
    if form is None:
        raise ValidationError(_("This preview is more than a day old. Enter it again."))
    if not form.is_valid():
        raise ValidationError([error for errors in form.errors.values() for error in errors])
    new = form.new_issuance()
    return preview_disclosure(form.cleaned_data["badge"].current_version, new), new.recipient_email


def preview_refused(request: HttpRequest, error: ValidationError) -> HttpResponse:
    for sentence in error.messages:
        messages.error(request, sentence)
    return redirect("admin:issue_badge")


def _opened_form(request: HttpRequest) -> tuple[IssueForm | None, str]:
    token = request.POST.get("token", "")
    try:
        return IssueForm(opened(token), user=staff(request)), token
    except signing.BadSignature:
        return None, token


def _issue_page(request: HttpRequest, form: IssueForm) -> HttpResponse:
    return desk_page(
        request,
        "admin/badges/issue.html",
        title=_("Issue a badge"),
        form=form,
        has_badges=published_badges(staff(request)).exists(),
    )


def _refused(request: HttpRequest, form: IssueForm, error: Exception) -> HttpResponse:
    form.add_error(None, error if isinstance(error, ValidationError) else str(error))
    return _issue_page(request, form)


def _issued_already(request: HttpRequest, form: IssueForm) -> HttpResponse | None:
    """The button was pressed twice: the second press lands where the first one did."""
    badge = form.cleaned_data.get("badge")
    email = form.data.get("recipient_email", "")
    if badge is None:
        return None
    issuance = (
        Issuance.objects.standing()
        .filter(
            badge=badge,
            recipient_key=canonical_email(email),
            issued_by=staff(request),
            issued_at__gte=datetime.fromisoformat(form.data["at"]),
        )
        .first()
    )
    return redirect("admin:badges_issuance_change", issuance.pk) if issuance else None
