"""The demonstration's own settings, and two languages that nobody speaks."""

from badgecert.settings import *  # noqa: F403, TID251  # settings that extend the site's own
from badgecert.settings import VAR  # noqa: TID251
from tests.languages import pseudo

LANGUAGES = pseudo.LANGUAGES
LANGUAGES_BIDI = [pseudo.RIGHT_TO_LEFT]
LOCALE_PATHS = [pseudo.make_catalogues(VAR / "pseudo")]
pseudo.translate_by_pseudo()
