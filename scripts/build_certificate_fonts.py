"""Make the fonts of the certificates out of unpacked @fontsource packages, which come in slices for the web.

    python -m scripts.build_certificate_fonts [FOLDER]

FOLDER holds one folder for each package, named after it: `besley`, `noto-serif-sc`, … Run it to take a new release.
Without FOLDER it only writes anew which characters the fonts have and how wide they are.
"""

import argparse
import json
import shutil
import tempfile
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from fontTools import subset
from fontTools.merge import Merger
from fontTools.ttLib import TTFont
from fontTools.ttLib.woff2 import WOFF2FlavorData
from fontTools.varLib import instancer

ROOT = Path(__file__).resolve().parent.parent
FONTS = ROOT / "certificates" / "rendering" / "fonts"
WIDTHS = ROOT / "badgecert" / "core" / "glyph_widths.json"

WESTERN = ("latin", "latin-ext", "vietnamese")
HANGUL = (*range(0x1100, 0x1200), *range(0x3130, 0x3190), *range(0xAC00, 0xD7A4))


@dataclass(frozen=True)
class Recipe:
    """One font file: which slices of a package, at which weight."""

    package: str
    weight: int
    slices: tuple[str, ...] = ()
    """By name; none means every numbered and named slice that the package has."""
    variable: bool = False
    shaped: bool = True
    """Whether the rules for kerning, joining and marks are kept; Chinese characters need none."""
    only: tuple[int, ...] = ()
    without: str = ""
    """A package whose characters are left out, because it is asked first."""


RECIPES = (
    Recipe("besley", 400, ("latin", "latin-ext")),
    Recipe("besley", 600, ("latin", "latin-ext")),
    Recipe("cormorant-garamond", 500, WESTERN),
    Recipe("cormorant-garamond", 600, WESTERN),
    Recipe("public-sans", 400, WESTERN, variable=True),
    Recipe("public-sans", 600, WESTERN, variable=True),
    Recipe("pinyon-script", 400, WESTERN),
    Recipe("noto-serif", 600, (*WESTERN, "greek", "greek-ext", "cyrillic", "cyrillic-ext")),
    Recipe("noto-sans", 400, (*WESTERN, "greek", "greek-ext", "cyrillic", "cyrillic-ext")),
    Recipe("scheherazade-new", 600, ("arabic",)),
    Recipe("noto-serif-hebrew", 600, ("hebrew",), variable=True),
    Recipe("noto-serif-thai", 600, ("thai",), variable=True),
    Recipe("noto-sans-armenian", 600, ("armenian",), variable=True),
    Recipe("noto-sans-bengali", 600, ("bengali",), variable=True),
    Recipe("noto-sans-devanagari", 600, ("devanagari",), variable=True),
    Recipe("noto-sans-ethiopic", 600, ("ethiopic",), variable=True),
    Recipe("noto-sans-georgian", 600, ("georgian",), variable=True),
    Recipe("noto-sans-gujarati", 600, ("gujarati",)),
    Recipe("noto-sans-gurmukhi", 600, ("gurmukhi",)),
    Recipe("noto-sans-kannada", 600, ("kannada",), variable=True),
    Recipe("noto-sans-khmer", 600, ("khmer",), variable=True),
    Recipe("noto-sans-lao", 600, ("lao",)),
    Recipe("noto-sans-malayalam", 600, ("malayalam",)),
    Recipe("noto-sans-myanmar", 600, ("myanmar",)),
    Recipe("noto-sans-sinhala", 600, ("sinhala",), variable=True),
    Recipe("noto-sans-tamil", 600, ("tamil",), variable=True),
    Recipe("noto-sans-telugu", 600, ("telugu",), variable=True),
    Recipe("noto-serif-sc", 600, shaped=False),
    Recipe("noto-serif-tc", 600, shaped=False, without="noto-serif-sc"),
    Recipe("noto-serif-jp", 600, shaped=False),
    Recipe("noto-serif-kr", 600, shaped=False, only=HANGUL),
)
NEVER_NEEDED = ("DSIG", "STAT", "BASE", "gasp", "fpgm", "prep", "cvt ", "hdmx", "VDMX", "LTSH", "vhea", "vmtx", "MVAR")
SHAPING = ("GSUB", "GPOS", "GDEF")


def build(recipe: Recipe, packages: Path) -> None:
    target = FONTS / f"{recipe.package}-{recipe.weight}.woff2"
    shutil.copyfile(packages / recipe.package / "LICENSE", FONTS / "licences" / f"{recipe.package}.txt")
    if len(recipe.slices) == 1 and not recipe.variable:
        # Unchanged, as the licence of a font with a reserved name asks.
        shutil.copyfile(sources(recipe, packages)[0], target)
        return
    with tempfile.TemporaryDirectory() as folder:
        parts = []
        for position, source in enumerate(sources(recipe, packages)):
            part = Path(folder) / f"{position}.ttf"
            prepared(source, recipe).save(part)
            parts.append(str(part))
        font = Merger().merge(parts) if len(parts) > 1 else TTFont(parts[0])
    if recipe.only:
        font = subsetted(font, recipe.only)
    if recipe.without:
        asked_first = characters(sources(Recipe(recipe.without, recipe.weight), packages))
        font = subsetted(font, set(font.getBestCmap()) - asked_first)
    font.flavor = "woff2"
    # Untransformed: the files are a third larger, but Python unpacks a Chinese font in 0.2 seconds instead of 13.
    font.flavorData = WOFF2FlavorData(transformedTables=())
    font.save(target)


def sources(recipe: Recipe, packages: Path) -> list[Path]:
    files = packages / recipe.package / "files"
    if not recipe.slices:
        return sorted(files.glob(f"{recipe.package}-*-{recipe.weight}-normal.woff2"))
    weight = "wght" if recipe.variable else str(recipe.weight)
    return [files / f"{recipe.package}-{name}-{weight}-normal.woff2" for name in recipe.slices]


def prepared(source: Path, recipe: Recipe) -> TTFont:
    font = TTFont(source)
    if recipe.variable:
        font = instancer.instantiateVariableFont(font, {"wght": recipe.weight, **other_axes(font)})
    font.flavor = None
    for tag in NEVER_NEEDED if recipe.shaped else (*NEVER_NEEDED, *SHAPING):
        if tag in font:
            del font[tag]
    return font


def other_axes(font: TTFont) -> dict[str, float]:
    return {axis.axisTag: axis.defaultValue for axis in font["fvar"].axes if axis.axisTag != "wght"}


def characters(files: Iterable[Path]) -> set[int]:
    return {character for path in files for character in TTFont(path, lazy=True).getBestCmap()}


def subsetted(font: TTFont, wanted: Iterable[int]) -> TTFont:
    subsetter = subset.Subsetter(subset.Options(notdef_outline=True, hinting=False))
    subsetter.populate(unicodes=wanted)
    subsetter.subset(font)
    return font


def widths(font: TTFont) -> list[tuple[int, int, int]]:
    """(first, last, width) of each run of neighbouring characters with one width, in thousandths of the size."""
    runs: list[tuple[int, int, int]] = []
    scale = 1000 / font["head"].unitsPerEm
    for character, glyph in sorted(font.getBestCmap().items()):
        if unicodedata.category(chr(character)) == "Cc":
            continue
        width = round(font["hmtx"][glyph][0] * scale)
        if runs and runs[-1][1] == character - 1 and runs[-1][2] == width:
            runs[-1] = (runs[-1][0], character, width)
        else:
            runs.append((character, character, width))
    return runs


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, nargs="?")
    packages = parser.parse_args().folder
    if packages:
        (FONTS / "licences").mkdir(parents=True, exist_ok=True)
        for recipe in RECIPES:
            build(recipe, packages)
    table = {path.stem: widths(TTFont(path)) for path in sorted(FONTS.glob("*.woff2"))}
    WIDTHS.write_text(json.dumps(table, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main()
