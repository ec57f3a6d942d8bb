"""Make the golden pages of the certificates anew, and a contact sheet of every combination to look at.

    python -m scripts.certificate_pictures [--only-sheet]

Look at var/certificates.png before you commit a changed page, and describe in the commit what changed.
"""

import argparse
import io
from pathlib import Path

from PIL import Image

from tests.certificates.rendering.combinations import GOLDEN, all_combinations, golden_combinations, picture_of

SHEET = Path(__file__).resolve().parent.parent / "var" / "certificates.png"
_COLUMNS = 12
_WIDTH, _HEIGHT, _GAP = 330, 246, 6
_QUALITY = 60


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only-sheet", action="store_true", help="leave the golden pages as they are")
    only_sheet = parser.parse_args().only_sheet
    golden = set(golden_combinations())
    combinations = all_combinations()
    rows = -(-len(combinations) // _COLUMNS)
    sheet = Image.new("L", (_COLUMNS * (_WIDTH + _GAP), rows * (_HEIGHT + _GAP)), 128)
    if not only_sheet:
        GOLDEN.mkdir(exist_ok=True)
        for path in GOLDEN.glob("*.webp"):
            path.unlink()
    for place, combination in enumerate(combinations):
        picture = picture_of(combination)
        if combination in golden and not only_sheet:
            combination.golden.write_bytes(encoded(picture))
        picture.thumbnail((_WIDTH, _HEIGHT))
        sheet.paste(picture, (place % _COLUMNS * (_WIDTH + _GAP), place // _COLUMNS * (_HEIGHT + _GAP)))
    SHEET.parent.mkdir(exist_ok=True)
    sheet.save(SHEET)
    print(f"{len(combinations)} certificates: {SHEET}")


def encoded(picture: Image.Image) -> bytes:
    out = io.BytesIO()
    picture.save(out, "WEBP", quality=_QUALITY, method=6)
    return out.getvalue()


if __name__ == "__main__":
    main()
