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
    Guide(
        slug="manage-badges",
        title=_("Manage your badges"),
        summary=_("Claim, find, show or hide them, ask for a correction, and keep your profile up to date."),
        worked_on=date(2026, 11, 22),
    ),
    Guide(
        slug="sharing",
        title=_("Share a badge"),
        summary=_("Its link, social networks, e-mail, and by hand anywhere else."),
        worked_on=date(2026, 11, 22),
    ),
    Guide(
        slug="linkedin",
        title=_("Add a badge to LinkedIn"),
        summary=_("Into your profile and into your feed, and why LinkedIn shows a logo and not the badge."),
        worked_on=date(2026, 11, 22),
    ),
    Guide(
        slug="email-signature",
        title=_("Put a badge into your e-mail signature"),
        summary=_("For Outlook, Gmail, Apple Mail and others."),
        worked_on=date(2026, 11, 22),
    ),
    Guide(
        slug="cv-and-website",
        title=_("Put a badge into a CV or on a website"),
        summary=_("A linked picture, a QR code, or a card that stays up to date."),
        worked_on=date(2026, 11, 22),
    ),
    Guide(
        slug="print",
        title=_("Print a certificate or a badge"),
        summary=_("The PDF, the paper, and how to have one sent by post."),
        worked_on=date(2026, 11, 22),
    ),
    Guide(
        slug="employers",
        title=_("For employers: check a badge"),
        summary=_("Whose it is, from whom, and whether it counts, in three seconds and without an account."),
        worked_on=date(2026, 11, 22),
    ),
)


def find_guide(slug: str) -> Guide | None:
    return next((guide for guide in GUIDES if guide.slug == slug), None)
