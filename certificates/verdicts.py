"""How each state is said: its word, its colour and its headline."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from badgecert.core.dates import long_date
from badges.disclosure import Disclosure, SharedPart, State


@dataclass(frozen=True, slots=True)
class Look:
    tone: str
    icon: str
    word: str | Promise
    # The picture loses its colours: it no longer counts.
    is_faded: bool = False


_LOOKS = {
    State.NOT_FOUND: Look("calm", "circle-x", gettext_lazy("Not found")),
    State.ERASED: Look("calm", "circle-x", gettext_lazy("Removed")),
    State.PRIVATE: Look("calm", "lock", gettext_lazy("Private")),
    State.REVOKED: Look("danger", "circle-x", gettext_lazy("Revoked"), is_faded=True),
    State.SUSPENDED: Look("calm", "pause", gettext_lazy("Under review")),
    State.SUPERSEDED: Look("warn", "history", gettext_lazy("Older version"), is_faded=True),
    State.EXPIRED: Look("warn", "clock", gettext_lazy("Expired"), is_faded=True),
    State.EXPIRING: Look("valid", "circle-check", gettext_lazy("Valid, expires soon")),
    State.VALID: Look("valid", "circle-check", gettext_lazy("Valid")),
}
# The issuer's signature does not stand behind what the page shows.
_NOT_CONFIRMED = Look("danger", "circle-x", gettext_lazy("Not confirmed"), is_faded=True)
_STATUS = {State.NOT_FOUND: 404, State.ERASED: 410}


@dataclass(frozen=True, slots=True)
class Verdict:
    look: Look
    headline: str
    # For the title of the window and the preview of a link: the verdict first.
    title: str
    # One sentence for search engines and previews.
    summary: str
    is_confirmed: bool = True

    @property
    def word(self) -> str:
        return str(self.look.word)


def verdict_on(seen: Disclosure, *, is_confirmed: bool = True) -> Verdict:
    """`is_confirmed` is False when the signature does not fit; only a revocation says more."""
    is_confirmed = is_confirmed or seen.state == State.REVOKED
    look = _LOOKS[seen.state] if is_confirmed else _NOT_CONFIRMED
    headline = _headline(seen) if is_confirmed else _("Do not rely on this badge")
    about = f"{seen.holder} \u2013 {seen.badge.name}" if seen.holder and seen.badge else headline
    return Verdict(
        look=look,
        headline=headline,
        title=f"{look.word}: {about}",
        summary=_summary(seen, headline) if is_confirmed else headline,
        is_confirmed=is_confirmed,
    )


def http_status(state: State) -> int:
    return _STATUS.get(state, 200)


def _headline(seen: Disclosure) -> str:
    if seen.state == State.NOT_FOUND:
        return _("We have no badge with this code")
    if seen.state == State.ERASED:
        return _("This badge was removed")
    if seen.state == State.PRIVATE:
        return _("The holder keeps this badge private")
    if seen.state == State.REVOKED:
        return _("Do not rely on this badge")
    if SharedPart.NAME in seen.withheld:
        return _("The person who shared this link")
    # An earlier name can be hidden.
    return seen.holder or _("This is an older version")


def _summary(seen: Disclosure, headline: str) -> str:
    if not seen.holder or not seen.badge or not seen.issuer or not seen.issued_on:
        return headline
    said = {
        "issuer": seen.issuer.name,
        "badge": seen.badge.name,
        "holder": seen.holder,
        "issued": long_date(seen.issued_on),
    }
    return _("%(issuer)s issued %(badge)s to %(holder)s on %(issued)s.") % said
