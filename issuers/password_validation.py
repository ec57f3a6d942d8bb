import difflib
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.translation import gettext as _

from issuers.models import Issuer

if TYPE_CHECKING:
    from badgecert.accounts.models import User


class OrganisationNameValidator:
    """Refuses the name of an organisation that gave somebody a badge, or that they work for: strangers try it first."""

    def __init__(self, max_similarity: float = 0.7) -> None:
        self.max_similarity = max_similarity

    def validate(self, password: str, user: "User | None" = None) -> None:
        names = [settings.SITE_NAME]
        if user is not None:
            theirs = Issuer.objects.filter(Q(staff_members__user=user) | Q(issuances__earner=user)).distinct()
            names += theirs.values_list("name", flat=True)
        typed = _letters_of(password)
        for name in names:
            if difflib.SequenceMatcher(a=typed, b=_letters_of(name)).ratio() >= self.max_similarity:
                raise ValidationError(_("The password is too similar to an organisation’s name."), code="organisation")  # noqa: RUF001  # typographic

    def get_help_text(self) -> str:
        return _("Not the name of an organisation that you have to do with.")


def _letters_of(text: str) -> str:
    return "".join(c for c in text.casefold() if c.isalnum())
