"""Markdown as plain text, for mail: its words and line breaks, without its signs."""

from functools import lru_cache

from markdown_it import MarkdownIt
from markdown_it.token import Token

_markdown = MarkdownIt("commonmark", {"html": False})


@lru_cache(maxsize=500)
def plain_text(markdown: str) -> str:
    """One line for each paragraph and heading; list items begin with a bullet."""
    lines = []
    is_item = False
    for token in _markdown.parse(markdown):
        if token.type == "list_item_open":
            is_item = True
        elif token.type == "inline":
            lines.append(("• " if is_item else "") + "".join(map(_words, token.children or [])))
            is_item = False
        elif token.type in {"fence", "code_block"}:
            lines.append(token.content.strip())
    return "\n".join(lines)


def _words(token: Token) -> str:
    return " " if token.type in {"softbreak", "hardbreak"} else token.content
