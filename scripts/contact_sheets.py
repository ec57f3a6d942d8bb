"""Many pictures on few sheets: twenty pages beside each other, so that what does not belong shows."""

from pathlib import Path

from PIL import Image, ImageDraw

from tests.browser import LOOKS

COLUMNS, ROWS = 5, 4
LABEL_HEIGHT, GAP = 14, 8
GREY, WHITE = "#808080", "#ffffff"
# What is drawn of each page: its beginning, half as large on a desk.
THUMBNAILS = {1280: (400, 560), 390: (260, 780)}


def lay_out_sheets(folder: Path) -> None:
    """From the pictures in the folder, into its folder `sheets`, a row of sheets for each look."""
    (folder / "sheets").mkdir(exist_ok=True)
    for look in LOOKS:
        pictures = sorted(folder.glob(f"*-{look}.png"))
        for number, first in enumerate(range(0, len(pictures), COLUMNS * ROWS), start=1):
            sheet = _sheet(pictures[first : first + COLUMNS * ROWS], THUMBNAILS[look.width])
            sheet.save(folder / "sheets" / f"{look}-{number}.png")


def _sheet(pictures: list[Path], size: tuple[int, int]) -> Image.Image:
    width, height = size
    sheet = Image.new("RGB", (COLUMNS * (width + GAP), ROWS * (height + LABEL_HEIGHT + GAP)), GREY)
    draw = ImageDraw.Draw(sheet)
    for place, path in enumerate(pictures):
        x, y = place % COLUMNS * (width + GAP), place // COLUMNS * (height + LABEL_HEIGHT + GAP)
        draw.text((x, y), path.stem, fill=WHITE)
        with Image.open(path) as picture:
            whole = picture.convert("RGB").resize((width, picture.height * width // picture.width))
        sheet.paste(whole.crop((0, 0, width, min(height, whole.height))), (x, y + LABEL_HEIGHT))
    return sheet
