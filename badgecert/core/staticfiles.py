"""Style sheets and scripts are written as many small files and sent as few.

`css/_app.css` imports one file per component and `js/_app.js` one per behaviour. Our finder puts each together with what
it imports as `css/app.css` and `js/app.js`, for collectstatic (which names them by their content and compresses them)
and in development.
"""

import posixpath
import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import BaseFinder, get_finders
from django.core.checks import CheckMessage
from django.core.files.storage import FileSystemStorage

ASSEMBLED = {
    "css/app.css": "css/_app.css",
    "css/desk.css": "css/_desk.css",
    "css/embed.css": "css/_embed.css",
    "js/app.js": "js/_app.js",
}

_CSS_COMMENT = re.compile(r"/\*.*?\*/\s*", re.DOTALL)
_CSS_IMPORT = re.compile(r"""@import\s+(?:url\()?["'](?P<path>[^"']+)["']\)?(?:\s+layer\((?P<layer>[\w.-]+)\))?\s*;""")
_CSS_URL = re.compile(r"""url\((?P<quote>["']?)(?P<path>[^"')]+)(?P=quote)\)""")
_ELSEWHERE = re.compile(r"(?:[a-z]+:|/|#|%23)", re.IGNORECASE)
_JS_COMMENT = re.compile(r"^//.*\n", re.MULTILINE)
_JS_IMPORT = re.compile(r"""^import\s+["'](?P<path>[^"']+)["'];$""", re.MULTILINE)

Read = Callable[[str], str]


def assembled_css(name: str, read: Read) -> str:
    """The style sheet with everything it imports in the place of the import, each in its cascade layer."""

    def put_in_place(found: re.Match[str]) -> str:
        path = _beside(name, found["path"])
        css = _moved(assembled_css(path, read), from_name=path, to_name=name).strip()
        return f"@layer {found['layer']} {{\n{css}\n}}" if found["layer"] else css

    return _CSS_IMPORT.sub(put_in_place, _CSS_COMMENT.sub("", read(name)))


def assembled_js(name: str, read: Read) -> str:
    """The script with each imported module in a block of its own, so that their names never meet."""

    def put_in_place(found: re.Match[str]) -> str:
        return f"{{\n{assembled_js(_beside(name, found['path']), read).strip()}\n}}"

    return _JS_IMPORT.sub(put_in_place, _JS_COMMENT.sub("", read(name)))


def _beside(name: str, path: str) -> str:
    return posixpath.normpath(posixpath.join(posixpath.dirname(name), path))


def _moved(css: str, *, from_name: str, to_name: str) -> str:
    """Relative addresses in a style sheet count from its own folder: rewrite them for the other file's."""

    def rewrite(found: re.Match[str]) -> str:
        if _ELSEWHERE.match(found["path"]):
            return found[0]
        path = posixpath.relpath(_beside(from_name, found["path"]), posixpath.dirname(to_name))
        return f'url("{path}")'

    return _CSS_URL.sub(rewrite, css)


class AssembledFinder(BaseFinder):
    """Finds the files above put together, for collectstatic and for the servers that we develop and test with."""

    def __init__(self, app_names: object = None, *args: Any, **kwargs: Any) -> None:
        self.storage = FileSystemStorage(location=settings.VAR / "assembled")
        super().__init__(*args, **kwargs)

    def check(self, **kwargs: Any) -> list[CheckMessage]:
        return []

    def find(self, path: str, find_all: bool = False, **kwargs: Any) -> str | list[str]:  # type: ignore[override]  # noqa: FBT001, FBT002  # Django's
        if path not in ASSEMBLED:
            return []
        found = self._assemble(path)
        return [found] if find_all else found

    def list(self, ignore_patterns: Iterable[str] | None) -> Iterator[tuple[str, FileSystemStorage]]:
        for name in ASSEMBLED:
            self._assemble(name)
            yield name, self.storage

    def _assemble(self, name: str) -> str:
        assembled = assembled_css if name.endswith(".css") else assembled_js
        text = assembled(ASSEMBLED[name], self._read)
        path = Path(self.storage.path(name))
        # An unchanged file keeps its time, by which collectstatic sees what is new.
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.parent.mkdir(parents=True, exist_ok=True)
            # Several servers may do this at once: each writes its own and the last one stays.
            with NamedTemporaryFile("w", encoding="utf-8", dir=path.parent, delete=False) as file:
                file.write(text)
            Path(file.name).chmod(0o644)
            Path(file.name).replace(path)
        return str(path)

    def _read(self, name: str) -> str:
        for finder in get_finders():
            if finder is not self and (path := finder.find(name)):
                return Path(str(path)).read_text(encoding="utf-8")
        msg = f"A style sheet or script imports {name}, which does not exist."
        raise FileNotFoundError(msg)
