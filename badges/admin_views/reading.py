"""While a worker goes through a file or through many badges, and when it turns out that a file cannot be used."""

from collections.abc import Sequence

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.text import capfirst

from badgecert.core.admin import desk_page
from badges.models import Batch, Proposal

_SECONDS_BETWEEN_LOOKS = "2"


def reading_page(
    request: HttpRequest, work: Batch | Proposal, *, title: str, about: str, steps: Sequence[str], step: int, again: str
) -> HttpResponse:
    """`step`: at which of the steps this is; `again`: the name of the page on which another file is uploaded."""
    is_refused = bool(work.refusal)
    response = desk_page(
        request,
        "admin/badges/reading.html",
        title=title,
        work=work,
        about=about,
        steps=steps,
        step=step,
        again_url=reverse(f"admin:{again}"),
        list_url=reverse(f"admin:badges_{work._meta.model_name}_changelist"),
        list_name=capfirst(str(work._meta.verbose_name_plural)),
        is_refused=is_refused,
        lines_read=min(work.lines_read, work.lines_expected),
    )
    if not is_refused:
        response["Refresh"] = _SECONDS_BETWEEN_LOOKS
    return response
