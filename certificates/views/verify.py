"""Where somebody types a code, pastes a link or a credential, or brings a file."""

import re

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from badgecert.core import clock, codes
from badgecert.core.translating import translated
from badges.activity import count_check
from certificates.codes_typed import code_in
from certificates.forms import PresentedForm
from certificates.openbadges.exceptions import UnreadableError
from certificates.receipts import ticket_for
from certificates.results import result_context
from certificates.verifying import verdict_on_content
from certificates.views.answers import too_many_checks

_LONGEST_ECHO = 200
_OUR_PAGE = re.compile(r"/v/([0-9A-Z]{12})$")


# Without a token against forged requests, which would need a cookie: checking changes nothing, and whoever makes
# somebody else's browser send a badge learns nothing from it.
@csrf_exempt
@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def verify(request: HttpRequest) -> HttpResponse:
    return _check_presented(request) if request.method == "POST" else _look_up(request)


def _look_up(request: HttpRequest) -> HttpResponse:
    typed = request.GET.get("code", "").strip()
    what_is_wrong = ""
    if "code" in request.GET:
        try:
            return redirect("certificates:verification", code_in(typed))
        except codes.NotACodeError as error:
            what_is_wrong = translated(str(error))
    response = _page(request, PresentedForm(), typed=typed[:_LONGEST_ECHO], what_is_wrong=what_is_wrong)
    response["Cache-Control"] = "no-cache"
    return response


def _check_presented(request: HttpRequest) -> HttpResponse:
    if refusal := too_many_checks(request):
        return refusal
    # Before any of it is read: what is larger would be written to a disk.
    if int(request.META.get("CONTENT_LENGTH") or 0) > settings.UPLOAD_BYTES_LIMIT:
        form = PresentedForm({})
        form.errors.clear()
        form.add_error(None, _("This is too large for a badge. Nothing was read."))
        return _page(request, form, status=413)
    form = PresentedForm(request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, form, status=400)
    if code := _code_or_none(form.cleaned_data["text"]):
        return redirect("certificates:verification", code)
    content = form.content
    try:
        result = verdict_on_content(content)
    except UnreadableError as error:
        form.add_error("file" if form.cleaned_data["file"] else "text", str(error))
        return _page(request, form, status=400)
    if shown := _OUR_PAGE.search(result.page):
        count_check(request, shown[1])
    checked_at = clock.now()
    context = {
        **result_context(result),
        "checked_at": checked_at,
        "ticket": ticket_for(result, content, checked_at=checked_at),
        "form": PresentedForm(),
    }
    return render(request, "certificates/verify_result.html", context)


def _page(
    request: HttpRequest, form: PresentedForm, *, typed: str = "", what_is_wrong: str = "", status: int = 200
) -> HttpResponse:
    context = {"form": form, "typed": typed, "what_is_wrong": what_is_wrong}
    return render(request, "certificates/verify.html", context, status=status)


def _code_or_none(text: str) -> str | None:
    try:
        return code_in(text)
    except codes.NotACodeError:
        return None
