"""A badge on pages and in mails of one's own: the signature builder and what to paste into a website."""

import uuid

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_safe

from badges.disclosure import Disclosure, can_see
from badges.models import Issuance
from certificates.embedding import EMBED_SIZE, embed_html, picture_html
from earners.models import Profile
from earners.signatures import Program, Signature, SignatureForm, Target, signature_of
from earners.views.access import PersonRequest, own_issuance
from earners.views.share import hindrance

# The signature as a mail program shows it: its own styles and our picture, nothing else.
_AS_IN_MAIL = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'self'; sandbox allow-popups"
)


@require_safe
def signature(request: PersonRequest, issuance_id: uuid.UUID) -> HttpResponse:
    """Choose, see, copy; then the steps in one's own mail program."""
    issuance, seen = _shown(request, issuance_id)
    if hindrance(issuance, seen):
        # It says why there is nothing to share yet, and what to do.
        return redirect("earners:share_issuance", issuance.pk)
    public_page = _public_page(request)
    form, made = _made(request, seen, public_page)
    return render(
        request,
        "earners/signature.html",
        {
            "issuance": issuance,
            "seen": seen,
            "form": form,
            "signature": made,
            "public_page": public_page,
            "program": Program(form.cleaned_data["program"]),
            "chosen": request.GET.urlencode(),
        },
    )


@require_safe
@xframe_options_sameorigin
def signature_block(request: PersonRequest, issuance_id: uuid.UUID) -> HttpResponse:
    """The signature alone, to be looked at or selected and copied."""
    issuance, seen = _shown(request, issuance_id)
    if hindrance(issuance, seen):
        raise Http404
    _form, made = _made(request, seen, _public_page(request))
    response = render(request, "earners/signature_alone.html", {"signature": made})
    response["Content-Security-Policy"] = _AS_IN_MAIL
    return response


@require_safe
def website(request: PersonRequest, issuance_id: uuid.UUID) -> HttpResponse:
    issuance, seen = _shown(request, issuance_id)
    if hindrance(issuance, seen):
        return redirect("earners:share_issuance", issuance.pk)
    return render(
        request,
        "earners/website.html",
        {
            "issuance": issuance,
            "seen": seen,
            "embed_html": embed_html(f"{seen.url}/embed", title=seen.badge.name if seen.badge else ""),
            "picture_html": picture_html(seen),
            "embed_size": EMBED_SIZE,
        },
    )


def _shown(request: PersonRequest, issuance_id: uuid.UUID) -> tuple[Issuance, Disclosure]:
    issuance = own_issuance(request, issuance_id)
    return issuance, can_see(issuance.code, viewer=request.user)


def _public_page(request: PersonRequest) -> str:
    """Its address; empty while it is off."""
    profile = Profile.objects.filter(user=request.user).first()
    return profile.public_url if profile else ""


def _made(request: PersonRequest, seen: Disclosure, public_page: str) -> tuple[SignatureForm, Signature]:
    form = SignatureForm(request.GET.dict(), has_public_page=bool(public_page))
    if not form.is_valid():
        form = SignatureForm({}, has_public_page=bool(public_page))
        form.full_clean()
    chosen = form.cleaned_data
    return form, signature_of(
        seen,
        public_page=public_page if chosen.get("target") == Target.PORTFOLIO else "",
        size=chosen["size"],
        has_words=chosen["words"] == "yes",
    )
