"""A new version of what was issued: corrected or renewed, seen beside the one that holds now."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import NON_FIELD_ERRORS, PermissionDenied
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from badgecert.core.admin import desk_page
from badgecert.core.exceptions import RefusedError
from badges.actions.issuances import correct_issuance, renew_issuance
from badges.actions.proposals import propose_changes, taken_back
from badges.admin_views.access import staff
from badges.correcting import CorrectionForm, RenewalForm
from badges.exceptions import SecondPersonNeededError
from badges.models import ChangeKind, Issuance
from issuers.permissions import can_issue

# Of how a correction is made, what its page and mail show.
_SEEN = ("public_reason", "hides_earlier_name")


@require_http_methods(["GET", "POST"])
def correct(request: HttpRequest, issuance_id: UUID) -> HttpResponse:
    issuance = _own_issuance(request, issuance_id)
    form = CorrectionForm(request.POST or None, issuance=issuance)
    if request.method == "POST" and form.is_valid():
        try:
            correct_issuance(issuance, by=staff(request), **form.correction())
        except SecondPersonNeededError:
            return _proposed(request, ChangeKind.CORRECT, form.corrections(), **form.how())
        except RefusedError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, corrected(form))
            return redirect("admin:badges_issuance_change", issuance.pk)
    return _page(request, _("Correct a badge"), issuance, form, corrects=True)


@require_http_methods(["GET", "POST"])
def renew(request: HttpRequest, issuance_id: UUID) -> HttpResponse:
    issuance = _own_issuance(request, issuance_id)
    form = RenewalForm(request.POST or None, issuance=issuance)
    if request.method == "POST" and form.is_valid():
        try:
            renew_issuance(issuance, by=staff(request), **form.cleaned_data)
        except SecondPersonNeededError:
            how = {**form.cleaned_data}
            return _proposed(request, ChangeKind.RENEW, [(issuance, {"expires_on": how.pop("expires_on")})], **how)
        except RefusedError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Renewed. The link and the code are the same."))
            return redirect("admin:badges_issuance_change", issuance.pk)
    return _page(request, _("Renew a badge"), issuance, form, corrects=False)


@contextmanager
def previewed_correction(request: HttpRequest, issuance_id: UUID) -> Iterator[tuple[Issuance | None, CorrectionForm]]:
    """The badge corrected as it is typed, while the context lasts; None with the form that says what is wrong with it.

    Why it is done may still be missing.
    """
    issuance = _own_issuance(request, issuance_id)
    form = CorrectionForm(request.POST, issuance=issuance)
    form.is_valid()
    for name in {"reason", "public_words", NON_FIELD_ERRORS} & form.errors.keys():
        del form.errors[name]
    with taken_back():
        if not form.errors:
            how = {name: form.cleaned_data[name] for name in _SEEN if name in form.cleaned_data}
            try:
                issuance = correct_issuance(issuance, by=None, reason="", notify=True, **how, **form.stated())
            except RefusedError as error:
                form.add_error(None, str(error))
        yield (None if form.errors else issuance), form


def corrected(form: CorrectionForm) -> str:
    """What was done, in a sentence."""
    number = 1 + len(form.correction()["also"])
    return ngettext(
        "Corrected. The link and the code are the same.",
        "Corrected on %(number)d badges. Their links and codes are the same.",
        number,
    ) % {"number": number}


def _proposed(
    request: HttpRequest, kind: ChangeKind, changes: Sequence[tuple[Issuance, dict[str, Any]]], **how: Any
) -> HttpResponse:
    """It waits for a second person, whom their start page tells."""
    proposal = propose_changes(kind, changes, by=staff(request), **how)
    messages.success(request, _("Proposed. A second person of your organisation looks at it before it is made."))
    return redirect("admin:badges_proposal_change", proposal.pk)


def _page(request: HttpRequest, title: str, issuance: Issuance, form: Form, *, corrects: bool) -> HttpResponse:
    template = "admin/badges/issuance/new_version.html"
    return desk_page(request, template, title=title, issuance=issuance, form=form, corrects=corrects)


def _own_issuance(request: HttpRequest, issuance_id: UUID) -> Issuance:
    """Raises Http404 for what others issued, PermissionDenied for those who may only look."""
    issuance = get_object_or_404(Issuance.objects.managed_by(request.user).with_what_they_say(), pk=issuance_id)
    if not can_issue(staff(request), issuance.issuer):
        raise PermissionDenied
    return issuance
