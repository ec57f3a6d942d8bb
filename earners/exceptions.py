"""The ways an action here can refuse, each with a sentence fit for the page."""

from badgecert.core.exceptions import RefusedError


class RequestRefusedError(RefusedError):
    """This cannot be asked or answered now; the sentence says why and what to do."""
