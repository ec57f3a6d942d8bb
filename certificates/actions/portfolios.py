"""A person's badges on paper, made from what is disclosed of each."""

import hashlib
from collections.abc import Sequence

from django.conf import settings
from django.core.cache import caches
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from badgecert.core import clock
from badgecert.core.dates import long_date
from badgecert.core.models import Picture
from badges.disclosure import Disclosure, State
from certificates.printing import printed
from certificates.rendering.jobs import PrintPortfolio
from certificates.rendering.portfolios import ListedBadge, PortfolioFacts

# More would keep the process that prints from everybody else for long.
BADGES_ON_PAPER = 60
_LARGEST_KEPT = 300_000


def portfolio_facts(
    badges: Sequence[Disclosure],
    *,
    left_out: int = 0,
    title: str,
    person: str,
    url: str = "",
    language: str = "en",
    paper: str = "a4",
) -> PortfolioFacts:
    """All that is printed. `left_out`: so many more there are; `url`: where the same list stands on the web, if it does."""
    listed = [seen for seen in badges if seen.badge and seen.issuer and seen.shows_holder]
    pictures = {
        picture.sha256: bytes(picture.svg) or bytes(picture.png)
        for picture in Picture.objects.filter(sha256__in={seen.badge.picture.sha256 for seen in listed if seen.badge})
    }
    note = _("Whether a badge is valid is told at its own address, at the moment you open it.")
    if left_out:
        note += " " + ngettext(
            "%(count)d more badge is not on this list.", "%(count)d more badges are not on this list.", left_out
        ) % {"count": left_out}
    return PortfolioFacts(
        title=title or _("Badges"),
        person=person,
        dated=_("As it stood on %(day)s") % {"day": long_date(clock.today())},
        note=note,
        badges=tuple(
            ListedBadge(
                name=seen.badge.name,
                issuer=seen.issuer.name,
                holder=seen.holder,
                lines=_lines(seen, person=person),
                url=seen.url,
                picture=pictures[seen.badge.picture.sha256],
            )
            for seen in listed
            if seen.badge and seen.issuer
        ),
        url=url,
        check=_("The same list, as it is now") if url else "",
        paper=paper,
        language=language,
    )


def key_of(facts: PortfolioFacts) -> str:
    """Another one for whatever would print another page."""
    return hashlib.sha256(repr(facts).encode()).hexdigest()


def portfolio_pdf(facts: PortfolioFacts) -> bytes:
    """Kept for minutes in the memory of this process, under all that it says.

    Raises CertificateBusyError, CertificateImpossibleError.
    """
    kept = caches["answers"]
    name = f"portfolio-{key_of(facts)}"
    pdf: bytes | None = kept.get(name)
    if pdf is None:
        pdf = printed(PrintPortfolio(facts))
        if len(pdf) <= _LARGEST_KEPT and not settings.DEBUG:
            kept.set(name, pdf)
    return pdf


def _lines(seen: Disclosure, *, person: str) -> tuple[str, ...]:
    lines = []
    if seen.holder != person:
        lines.append(_("Issued to %(holder)s") % {"holder": seen.holder})
    if seen.issued_on:
        said = {"issued": long_date(seen.issued_on), "expires": long_date(seen.expires_on) if seen.expires_on else ""}
        if not seen.expires_on:
            lines.append(_("Issued %(issued)s, does not expire") % said)
        elif seen.state == State.EXPIRED:
            lines.append(_("Issued %(issued)s, expired after %(expires)s") % said)
        else:
            lines.append(_("Issued %(issued)s, valid until %(expires)s") % said)
    if seen.state == State.SUSPENDED:
        lines.append(_("Under review by the issuer"))
    return tuple(lines)
