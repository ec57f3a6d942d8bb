"""What staff do for somebody who lost their device, and for somebody who wants to be forgotten."""

import uuid

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from badgecert.accounts.actions.erasing import ErasureGround
from badgecert.accounts.actions.second_factor import reset_second_factor
from badgecert.accounts.models import User
from badgecert.core.admin import desk_page, refusals_as_messages
from badges.admin_forms import ReasonForm
from badges.admin_views import staff
from badges.models import Issuance
from earners.actions.leaving import erase_for_organisation
from earners.admin_views.people import unlocking_issuers
from issuers.models import Issuer
from issuers.permissions import issuers_owned_by


class EraseForm(forms.Form):
    ground = forms.ChoiceField(
        label=gettext_lazy("Why"),
        choices=[choice for choice in ErasureGround.choices if choice[0] != ErasureGround.OWN_WISH],
        widget=forms.RadioSelect,
    )
    word = forms.CharField(label=gettext_lazy("Type the word erase"), max_length=30)

    def clean_word(self) -> str:
        word: str = self.cleaned_data["word"]
        if word.strip().casefold() != _("erase"):
            raise forms.ValidationError(_("Type the word erase, so that this does not happen by mistake."))
        return word


@require_http_methods(["GET", "POST"])
def reset_earner_second_factor(request: HttpRequest, earner_id: uuid.UUID) -> HttpResponse:
    """For whoever lost their device and their codes; by those who may unlock them."""
    by, earner = staff(request), _earner(request, earner_id)
    issuer = unlocking_issuers(request, earner).first()
    if issuer is None:
        raise PermissionDenied
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with refusals_as_messages(request):
            reset_second_factor(earner, reason=form.cleaned_data["reason"], by=by, issuer_id=issuer.pk)
            messages.success(request, _("Taken away. They must request a new password now."))
        return redirect("admin:accounts_user_change", earner.pk)
    return desk_page(
        request,
        "admin/earners/reset_second_factor.html",
        title=_("Take away passkeys and codes"),
        earner=earner,
        form=form,
    )


@require_http_methods(["GET", "POST"])
def erase_earner(request: HttpRequest, earner_id: uuid.UUID) -> HttpResponse:
    """An owner takes a person out of what their organisations hold."""
    by, earner = staff(request), _earner(request, earner_id)
    held = Issuance.objects.filter(earner=earner, issuer__in=issuers_owned_by(by))
    if not held.exists():
        raise PermissionDenied
    form = EraseForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with refusals_as_messages(request):
            is_gone = erase_for_organisation(earner, ground=ErasureGround(form.cleaned_data["ground"]), by=by)
            said = (
                _("Erased, with the account.")
                if is_gone
                else _("Erased. The account stays, because others use it or have issued to it.")
            )
            messages.success(request, said)
        return redirect("admin:accounts_user_changelist")
    return desk_page(
        request,
        "admin/earners/erase.html",
        title=_("Erase a person"),
        earner=earner,
        held=held.with_what_they_say().order_by("-issued_at"),
        form=form,
    )


def _earner(request: HttpRequest, earner_id: uuid.UUID) -> User:
    """Raises Http404 for somebody to whom none of one's organisations issued anything."""
    return get_object_or_404(
        User.objects.filter(issuances__issuer__in=Issuer.objects.managed_by(request.user)).distinct(), pk=earner_id
    )
