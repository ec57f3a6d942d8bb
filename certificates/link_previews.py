"""Which picture other sites show of a link to a badge, and where it is found.

They keep a picture for days under its address. So another version, or another state, is another address.
"""

from badges.disclosure import Disclosure
from certificates.addresses import absolute
from certificates.credentials import STATES_WITH_FILES
from certificates.verdicts import Verdict

PREVIEW_SIZE = (1200, 627)


def preview_name(seen: Disclosure, verdict: Verdict) -> str:
    """Such as "3" or "3-expired"; empty when the preview shows nothing but this site."""
    if not seen.code or not verdict.is_confirmed or not seen.shows_holder or seen.state not in STATES_WITH_FILES:
        return ""
    return str(seen.version) if seen.state.is_good else f"{seen.version}-{seen.state}"


def preview_address(seen: Disclosure, verdict: Verdict) -> str:
    name = preview_name(seen, verdict)
    return absolute("certificates:preview_card", seen.code, name) if name else absolute("certificates:neutral_card")
