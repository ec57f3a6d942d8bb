"""A certificate as a page for the browser, made of the same HTML and styles: a preview while somebody designs it.

It stands alone: pictures and fonts are in it, so that nothing is asked for.
"""

import base64

from certificates.rendering.design import PAPERS
from certificates.rendering.pdf import CertificateFacts, CertificatePage, style_of
from certificates.rendering.typefaces import FONTS

_FRAME = (
    "html {{ background: #fff }} body {{ position: relative; width: {width}mm; height: {height}mm; margin: 0;"
    " overflow: hidden; background: url(asset:background.svg) 0 0 / 100% 100% no-repeat }}"
)


def screen_html(facts: CertificateFacts) -> str:
    """Raises CertificateError, as printing would."""
    page, paper = CertificatePage(facts), PAPERS[facts.paper]
    content = page.html()
    fonts = "".join(
        f'@font-face {{ font-family: "{face.family}"; font-weight: {weight};'
        f" src: url({_data('font/woff2', (FONTS / f'{face.font(weight)}.woff2').read_bytes())}) }}"
        for face in sorted(page.faces, key=str)
        for weight in face.weights
    )
    style = fonts + style_of(facts) + _FRAME.format(width=paper.width, height=paper.height)
    content = content.replace("<style>", f"<style>{style}", 1)
    for name, (picture, kind) in page.assets().items():
        content = content.replace(f'"asset:{name}"', f'"{_data(kind, picture)}"')
        content = content.replace(f"(asset:{name})", f"({_data(kind, picture)})")
    return content


def _data(kind: str, content: bytes) -> str:
    return f"data:{kind};base64,{base64.b64encode(content).decode()}"
