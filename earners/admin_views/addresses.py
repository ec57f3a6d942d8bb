"""At the desk: the address that an organisation holds for a person; and, for operators, whose address it is."""

import uuid
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from badgecert.accounts.actions.alternate_addresses import held_addresses, vouch_for_address
from badgecert.accounts.forms import EmailField
from badgecert.accounts.models import User
from badgecert.core.admin import desk_page
from badgecert.core.exceptions import RefusedError
from badges.actions.addresses import addresses_held_for, addresses_not_agreed, change_recipient_address
from badges.admin_forms import ReasonForm
from badges.admin_views import staff
from issuers.models import Issuer
from issuers.permissions import issuers_to_issue_for


class ChangeAddressForm(ReasonForm):
    held = forms.ChoiceField(label=gettext_lazy("Address held now"))
    new_address = EmailField(
        label=gettext_lazy("New address"),
        error_messages={"required": gettext_lazy("Enter the new e-mail address.")},
    )

    field_order = ("held", "new_address", "reason")

    def __init__(self, *args: Any, held: list[tuple[Issuer, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._held = {f"{issuer.pk} {address}": (issuer, address) for issuer, address in held}
        several = len({issuer.pk for issuer, _address in held}) > 1
        field = self.fields["held"]
        field.choices = [  # type: ignore[attr-defined]
            (key, f"{address} ({issuer})" if several else address) for key, (issuer, address) in self._held.items()
        ]
        field.initial = next(iter(self._held))

    def clean_held(self) -> tuple[Issuer, str]:
        return self._held[self.cleaned_data["held"]]


class VouchForm(ReasonForm):
    address = EmailField(
        label=gettext_lazy("Address"),
        help_text=gettext_lazy("From then on it logs in to this account, and badges sent to it are in its portfolio."),
    )

    field_order = ("address", "reason")


@require_http_methods(["GET", "POST"])
def change_earner_address(request: HttpRequest, earner_id: uuid.UUID) -> HttpResponse:
    """The badges that one's organisation gave this person stand under another address from now on."""
    by = staff(request)
    earner = _earner_of(by, earner_id)
    issuers = {issuer.pk: issuer for issuer in issuers_to_issue_for(by)}
    held = [(issuers[pk], address) for pk, address in addresses_held_for(earner, issuer_ids=list(issuers))]
    if not held:
        raise PermissionDenied
    form = ChangeAddressForm(request.POST if request.method == "POST" else None, held=held)
    if form.is_valid():
        issuer, old_address = form.cleaned_data["held"]
        try:
            changed = change_recipient_address(
                issuer,
                earner=earner,
                old_address=old_address,
                new_address=form.cleaned_data["new_address"],
                reason=form.cleaned_data["reason"],
                by=by,
            )
        except RefusedError as refused:
            form.add_error("new_address", str(refused))
        else:
            messages.success(request, _("Changed. Mail goes to the new address from now on."))
            return redirect("admin:accounts_user_change", changed[0].earner_id)
    return desk_page(
        request,
        "admin/earners/change_address.html",
        title=_("Change the address"),
        earner=earner,
        form=form,
    )


@require_http_methods(["GET", "POST"])
def vouch_for_earner_address(request: HttpRequest, earner_id: uuid.UUID) -> HttpResponse:
    """For operators: somebody who has lost every mailbox of their account gets a new way in."""
    by = staff(request)
    earner = _earner_of(by, earner_id)
    if not by.is_superuser:
        raise PermissionDenied
    asked = [issuance.recipient_email for issuance in addresses_not_agreed(earner, held=held_addresses(earner))]
    form = VouchForm(request.POST if request.method == "POST" else None, initial={"address": next(iter(asked), "")})
    if form.is_valid():
        try:
            vouch_for_address(earner, address=form.cleaned_data["address"], reason=form.cleaned_data["reason"], by=by)
        except RefusedError as refused:
            form.add_error("address", str(refused))
        else:
            messages.success(request, _("They can log in with it now. Their other addresses have been told."))
            return redirect("admin:accounts_user_change", earner.pk)
    return desk_page(
        request,
        "admin/earners/vouch_for_address.html",
        title=_("Add an address to the account"),
        earner=earner,
        form=form,
    )


def _earner_of(by: User, earner_id: uuid.UUID) -> User:
    return get_object_or_404(
        User.objects.filter(issuances__issuer__in=Issuer.objects.managed_by(by), is_active=True).distinct(),
        pk=earner_id,
    )
