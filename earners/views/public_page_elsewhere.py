"""A person's public page on other sites: as a card, as the picture of its link, as a QR code; and how it gets there."""

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from badges.models import Issuance
from certificates.actions import renditions
from certificates.embedding import EMBED_SIZE, embed_html
from certificates.rendering.qr import qr_png, qr_svg
from certificates.views.answers import PAGE, for_everybody, problem, unchanged_since, with_etag
from certificates.views.embed import may_be_framed
from earners import sharing
from earners.models import Profile
from earners.public_page import look_at, shown_badges, title_of
from earners.views.access import PersonRequest

# What a card has room for.
_BADGES_ON_A_CARD = 4


@may_be_framed
@login_not_required
@require_safe
def public_embed(request: HttpRequest, name: str) -> HttpResponseBase:
    """Who, how many badges and the newest of them, without script."""
    look = look_at(name.lower())
    if look is None:
        return render(request, "earners/public_embed_nothing.html", status=404)
    form = f"{PAGE} of a person, embedded"
    if response := unchanged_since(request, look.tag, form):
        return response
    badges = shown_badges(look.codes[:_BADGES_ON_A_CARD])
    context = {"look": look, "badges": badges, "number": len(look.codes), "title": title_of(look)}
    return with_etag(render(request, "earners/public_embed.html", context), look.tag, form)


@login_not_required
@require_safe
def public_card(request: HttpRequest, name: str, tag: str) -> HttpResponseBase:
    """The picture that other sites show of the link, as it is now whichever address they kept."""
    look = look_at(name.lower())
    if look is None:
        return problem(404, _("There is no such file"))
    form = "card of a person"
    if response := unchanged_since(request, look.tag, form):
        return response
    content = renditions.preview_card_of_several(
        shown_badges(look.codes[:_BADGES_ON_A_CARD]),
        holder=look.person.display_name,
        number=len(look.codes),
        url=look.url,
        about=look.person.user_id,
    )
    return with_etag(HttpResponse(content, content_type="image/png"), look.tag, form)


@login_not_required
@require_safe
def public_qr(request: HttpRequest, name: str, kind: str) -> HttpResponse:
    """The page's address as a drawing. It says nothing that the asker did not bring, so nothing is looked up."""
    url = settings.BASE_URL + reverse("earners:public_portfolio", args=[name.lower()])
    content, media_type = (qr_svg(url), "image/svg+xml") if kind == "svg" else (qr_png(url), "image/png")
    response = HttpResponse(content, content_type=media_type)
    response["Cache-Control"] = "public, max-age=86400"
    for_everybody(response)
    return response


@require_safe
def share_public_page(request: PersonRequest) -> HttpResponse:
    """Every way to show it elsewhere, once it is on and shows something."""
    profile = Profile.objects.filter(user=request.user).first()
    look = look_at(profile.public_name or "") if profile and profile.is_public else None
    if look is None:
        return redirect("earners:public_page_settings")
    newest = Issuance.objects.only("pk").get(code=look.codes[0])
    return render(
        request,
        "earners/share_public_page.html",
        {
            "look": look,
            "title": title_of(look),
            "newest": newest,
            "ways": sharing.ways_of_public_page(look.url),
            "embed_html": embed_html(look.embed_url, title=title_of(look)),
            "embed_size": EMBED_SIZE,
        },
    )
