"""The ways an action here can refuse, each with a sentence fit for the page."""

from django.utils.translation import gettext as _

from badgecert.core.exceptions import RefusedError


class RequestRefusedError(RefusedError):
    """This cannot be asked or answered now; the sentence says why and what to do."""


class CollectionRefusedError(RefusedError):
    """There is no room for another one."""


class NameTakenError(RefusedError):
    """Somebody else's public page has this name, or had it."""

    def __init__(self) -> None:
        super().__init__(_("This name is taken. Try another one, such as your name with a middle initial."))


class QuestionRefusedError(RefusedError):
    """A question is not passed on now."""
