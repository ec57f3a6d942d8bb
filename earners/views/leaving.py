"""Taking all that is held about oneself along, and going."""

import uuid
from collections.abc import Iterator

from django import forms
from django.contrib.auth import logout
from django.http import HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from badgecert.accounts.brakes import braked
from badgecert.accounts.forms import CurrentPasswordForm
from badgecert.accounts.reauthentication import prove_again, recently_proven
from badgecert.core import audit, clock
from badgecert.core.exceptions import RefusedError
from badges.models import Issuance
from earners.actions import leaving
from earners.actions.exports import request_export
from earners.models import EarnerRequest, Export, ExportPart
from earners.tasks import ring_on_commit
from earners.views.access import PersonRequest
from issuers.permissions import issuers_owned_alone_by


@recently_proven
@require_http_methods(["GET", "HEAD", "POST"])
def my_data(request: PersonRequest) -> HttpResponse:
    """Ask for one's file; it is made by a worker, and this page says when it is there."""
    if request.method == "POST":
        request_export(request.user)
        ring_on_commit()
        return redirect("earners:my_data")
    export = Export.objects.filter(user=request.user).first()
    if export and export.expires_at and export.expires_at <= clock.now():
        export = None
    return render(request, "earners/my_data.html", {"export": export})


@recently_proven
@require_safe
def download_my_data(request: PersonRequest, export_id: uuid.UUID) -> HttpResponseBase:
    export = get_object_or_404(Export.objects.usable(clock.now()), user=request.user, pk=export_id)
    response = StreamingHttpResponse(_parts(export), content_type="application/zip")
    response["Content-Length"] = str(export.size_bytes)
    response["Content-Disposition"] = 'attachment; filename="my-data.zip"'
    if request.method == "GET":
        audit.record("own data fetched", request.user, by=request.user)
    return response


def _parts(export: Export) -> Iterator[bytes]:
    # One at a time: a cursor over all would hold them all.
    for number in range(export.parts.count()):
        yield bytes(ExportPart.objects.values_list("content", flat=True).get(export=export, number=number))


class DeleteAccountForm(CurrentPasswordForm):
    word = forms.CharField(
        label=gettext_lazy("Type the word delete"),
        max_length=30,
        error_messages={"required": gettext_lazy("Type the word delete, so that this does not happen by mistake.")},
    )

    def clean_word(self) -> str:
        word: str = self.cleaned_data["word"]
        if word.strip().casefold() != _("delete"):
            raise forms.ValidationError(_("Type the word delete, so that this does not happen by mistake."))
        return word


@sensitive_post_parameters("current_password")
@require_http_methods(["GET", "HEAD", "POST"])
@braked
def delete_account(request: PersonRequest) -> HttpResponse:
    """Says first what stays. Then nothing is left that could be taken back."""
    user = request.user
    form = DeleteAccountForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            prove_again(request, password=form.cleaned_data["current_password"])
            leaving.delete_account(user)
        except RefusedError as refused:
            form.add_error("current_password", str(refused))
        else:
            logout(request)
            return render(request, "earners/account_deleted.html")
    context = {
        "form": form,
        "badges": Issuance.objects.held_by(user).count(),
        "open_requests": EarnerRequest.objects.of(user).live().count(),
        "orphans": issuers_owned_alone_by(user),
    }
    return render(request, "earners/delete_account.html", context, status=400 if form.is_bound else 200)
