"""Text as HTML for the page, in typefaces that have all its letters."""

import html

from badgecert.core.glyphs import unrenderable
from certificates.rendering.exceptions import UnrenderableTextError
from certificates.rendering.typefaces import PUBLIC_SANS, TEXT, Typeface, is_right_to_left, typefaces_for


class Typesetter:
    """`faces` are the typefaces that its texts turned out to need."""

    def __init__(self, language: str, *always: Typeface) -> None:
        self._language = language
        self.faces: set[Typeface] = {PUBLIC_SANS, *always}

    def text(self, text: str, chain: tuple[Typeface, ...] = TEXT) -> str:
        """Escaped; set apart when it is not in the first typeface of the chain, which is the page's own."""
        faces = self.faces_for(text, chain)
        if faces == (chain[0],):
            return html.escape(text)
        family = html.escape(f"font-family: {css_family(faces)}")
        return f'<span style="{family}" dir="{direction(text)}">{html.escape(text)}</span>'

    def faces_for(self, text: str, chain: tuple[Typeface, ...]) -> tuple[Typeface, ...]:
        """Raises UnrenderableTextError rather than let boxes be printed."""
        if missing := unrenderable(text):
            msg = f"The certificate has no letters for {missing}. Leave them out."
            raise UnrenderableTextError(msg)
        faces = typefaces_for(text, chain, self._language)
        self.faces.update(faces)
        return faces


def direction(text: str) -> str:
    return "rtl" if is_right_to_left(text) else "ltr"


def css_family(faces: tuple[Typeface, ...]) -> str:
    return ", ".join(f'"{face.family}"' for face in faces)


def kind_of(picture: bytes) -> str:
    return "image/svg+xml" if picture.lstrip().startswith(b"<") else "image/png"
