import io

import pytest
from PIL import Image, ImageChops

from certificates.rendering.preview_card import BYTES_LIMIT, HEIGHT, WIDTH, PreviewFacts, draw_preview

LONG = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft "
# Where the address stands.
STRIP = (0, HEIGHT - 72, WIDTH, HEIGHT)


def drawn(**words: str) -> Image.Image:
    out = io.BytesIO()
    Image.new("RGBA", (600, 600), "#5b1f55").save(out, "PNG")
    said = {
        "site_name": "BadgeCert",
        "address": "badges.example.org/v/7KQ4M2XD9RWT",
        "state": "Valid until 13 March 2028",
        "tone": "valid",
        "headline": "Amara Okafor-Lindqvist",
        "badge_name": "Infection Control Practitioner",
        "issuer_label": "Issued by",
        "issuer_name": "Northgate Council",
        "language": "en",
    }
    png = draw_preview(PreviewFacts(**{**said, **words}, picture=out.getvalue(), is_faded=False))
    assert len(png) <= BYTES_LIMIT
    return Image.open(io.BytesIO(png)).convert("RGB")


@pytest.mark.parametrize(
    "words",
    [
        {"headline": LONG, "badge_name": LONG, "issuer_name": LONG},
        {"badge_name": "Clean Needle Technique, Certified Practice", "issuer_name": "Northgate Council of Safety " * 3},
        {"headline": "محمد عبد الله " * 9, "badge_name": "感染控制" * 30, "issuer_name": "क्षितिज " * 20},
    ],
)
def test_long_words_leave_the_address_and_the_badge_free(words):
    usual, long = drawn(), drawn(**words)

    assert ImageChops.difference(usual, long).getbbox() is not None
    for kept in (STRIP, (WIDTH // 2 + 188, 110, WIDTH, 490)):
        assert ImageChops.difference(usual.crop(kept), long.crop(kept)).getbbox() is None


@pytest.mark.parametrize("word", ["state", "headline", "badge_name", "issuer_name", "address"])
def test_every_word_is_drawn(word):
    assert ImageChops.difference(drawn(), drawn(**{word: "Another"})).getbbox() is not None
