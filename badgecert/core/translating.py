"""Saying what plain code said in the language of whoever reads it."""

from django.utils.translation import gettext

from badgecert.core.sentences import Sentence


def translated(text: str) -> str:
    """A Sentence in the language that is active; every other text as it is."""
    if not isinstance(text, Sentence):
        return text
    if not text.values:
        return gettext(text.template)
    parts = {name: translated(value) if isinstance(value, str) else value for name, value in text.values.items()}
    return gettext(text.template) % parts
