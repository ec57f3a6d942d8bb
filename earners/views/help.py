"""Help by symptom, and two forms that work without an account and without a cookie."""

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from badgecert.accounts import actions as accounts
from badgecert.accounts.brakes import braked, network_of
from badgecert.accounts.forms import RequestPasswordForm
from badgecert.accounts.tasks import ring_on_commit
from earners.actions.questions import ask_organisation
from earners.exceptions import QuestionRefusedError
from earners.help_forms import QuestionForm
from issuers.models import Issuer, Topic


@login_not_required
@require_safe
def help_page(request: HttpRequest) -> HttpResponse:
    """`?organisation=` and `&topic=` fill in the form at its end."""
    chosen = _chosen_issuer(request)
    initial = {"organisation": chosen.slug if chosen else "", "topic": request.GET.get("topic", Topic.LOG_IN)}
    response = _help(request, asking=QuestionForm(initial=initial), chosen=chosen)
    response["Cache-Control"] = "no-cache"
    return response


# Neither form has a token against forged requests, which would need a cookie: nobody is logged in here, and whoever
# makes somebody else's browser send one could as well send it from their own.
@csrf_exempt
@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def ask_for_help(request: HttpRequest) -> HttpResponse:
    if request.method != "POST":
        return redirect(f"{reverse('earners:help')}#ask")
    form = QuestionForm(request.POST)
    if form.is_valid():
        try:
            question = ask_organisation(
                form.cleaned_data["organisation"],
                topic=Topic(form.cleaned_data["topic"]) if form.cleaned_data["topic"] else None,
                name=form.cleaned_data["name"],
                address=form.cleaned_data["email"],
                text=form.cleaned_data["text"],
                network=network_of(request),
            )
        except QuestionRefusedError as refusal:
            form.add_error(None, str(refusal))
            return _help(request, asking=form, status=429)
        return render(request, "earners/question_sent.html", {"question": question})
    return _help(request, asking=form, status=400)


@csrf_exempt
@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
@braked
def find_my_badge(request: HttpRequest) -> HttpResponse:
    """A way in to whatever was given to an address: the same answer, whether anything was or not."""
    if request.method != "POST":
        return redirect(f"{reverse('earners:help')}#cannot-find")
    form = RequestPasswordForm(request.POST)
    if not form.is_valid():
        return _help(request, finding=form, status=400)
    address = form.cleaned_data["email"]
    accounts.request_password(address, network=network_of(request))
    ring_on_commit()
    context = {"address": address, "sender": settings.MAIL_FROM_ADDRESS}
    return render(request, "earners/badge_looked_for.html", context)


def _help(
    request: HttpRequest,
    *,
    asking: QuestionForm | None = None,
    finding: RequestPasswordForm | None = None,
    chosen: Issuer | None = None,
    status: int = 200,
) -> HttpResponse:
    context = {
        # Two forms on one page: their fields need names of their own for labels.
        "asking": asking or QuestionForm(),
        "finding": finding or RequestPasswordForm(auto_id="finding_%s"),
        "issuer": chosen,
        "ask": f"?organisation={chosen.slug}&topic=" if chosen else "?topic=",
        "sender": settings.MAIL_FROM_ADDRESS,
        "tries": settings.FAILED_LOGINS_BEFORE_LOCK,
    }
    return render(request, "earners/help.html", context, status=status)


def _chosen_issuer(request: HttpRequest) -> Issuer | None:
    """The one in the address; without one the only one there is."""
    if slug := request.GET.get("organisation", ""):
        return Issuer.objects.filter(slug=slug).first() if slug.isascii() and slug.isprintable() else None
    issuers = list(Issuer.objects.order_by("pk")[:2])
    return issuers[0] if len(issuers) == 1 else None
