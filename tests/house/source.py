"""Where our own files are."""

from pathlib import Path

from django.conf import settings

ROOT: Path = settings.BASE_DIR
TEMPLATES = ROOT / "templates"
STATIC = ROOT / "static"
PACKAGES = [ROOT / name for name in ("badgecert", "issuers", "badges", "certificates", "earners", "notifications")]


def files(folder: Path, *suffixes: str) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.suffix in suffixes)
