"""The guides: pages with steps and pictures, for the screen and for paper.

Each is a template in templates/guides/ of the same name as its slug; the pictures of our own screens stand in
static/guides/<slug>/, and `scripts/dev.sh screenshots guide` takes them anew.
"""

from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


class Guide(NamedTuple):
    slug: str
    title: "_StrPromise"
    summary: "_StrPromise"
    # When somebody last walked through it, screen by screen.
    worked_on: date

    @property
    def template(self) -> str:
        return f"guides/{self.slug}.html"


GUIDES = (
    Guide(
        slug="log-in",
        title=_("Log in and first password"),
        summary=_("From the mail about your badge to your portfolio, and what to do when the way in is barred."),
        worked_on=date(2026, 11, 22),
    ),
)


def find_guide(slug: str) -> Guide | None:
    return next((guide for guide in GUIDES if guide.slug == slug), None)
