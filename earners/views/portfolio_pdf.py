"""A list of badges on paper: somebody's public page, or what they choose to print themselves."""

from collections.abc import Sequence

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.text import slugify
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from badgecert.accounts.models import User
from badges.disclosure import can_see_many
from certificates.actions.portfolios import BADGES_ON_PAPER, key_of, portfolio_facts, portfolio_pdf
from certificates.exceptions import CertificateBusyError, CertificateImpossibleError
from certificates.views.answers import kept_by_asking, not_modified


def answer_pdf(
    request: HttpRequest, *, codes: Sequence[str], title: str, person: str, url: str = "", earner: User | None = None
) -> HttpResponseBase:
    """`earner`: it is for themselves, so it holds what only they see, and nobody may keep it."""
    facts = portfolio_facts(
        can_see_many(codes[:BADGES_ON_PAPER], earner=earner),
        left_out=max(0, len(codes) - BADGES_ON_PAPER),
        title=title,
        person=person,
        url=url,
        language=get_language() or "en",
    )
    try:
        response = None if earner else not_modified(request, key_of(facts))
        if response is None:
            response = HttpResponse(portfolio_pdf(facts), content_type="application/pdf")
            name = slugify(f"{title or _('badges')} {person}") or "badges"
            response["Content-Disposition"] = f'inline; filename="{name}.pdf"'
    except CertificateBusyError as error:
        response = render(
            request, "earners/portfolio_pdf_wait.html", {"reason": str(error), "is_being_made": True}, status=202
        )
        response["Refresh"] = response["Retry-After"] = "1"
        return response
    except CertificateImpossibleError as error:
        return render(
            request, "earners/portfolio_pdf_wait.html", {"reason": str(error), "is_being_made": False}, status=404
        )
    if earner is None:
        response["ETag"] = f'"{key_of(facts)}"'
        kept_by_asking(response)
    return response
