"""Criteria and narratives are Markdown, as Open Badges defines them. An issuer writes them and strangers read them."""

import nh3
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore

_TAGS = {"p", "br", "em", "strong", "code", "pre", "blockquote", "ul", "ol", "li", "a", "hr"}
_ATTRIBUTES = {"a": {"href"}, "ol": {"class", "role", "start"}}


def to_html(markdown: str) -> SafeString:
    """Paragraphs, lists, emphasis and links, and nothing else.

    No headings, because they would break into the page's own; no pictures, because they would ask another site for
    something in the reader's name.
    """
    html = nh3.clean(
        _markdown.render(markdown), tags=_TAGS, attributes=_ATTRIBUTES, url_schemes={"http", "https", "mailto"}
    )
    return mark_safe(html)  # noqa: S308  # nh3 has just taken out what is not on the lists


def _number_in_brass(state: StateCore) -> None:
    for token in state.tokens:
        if token.type == "ordered_list_open" and token.level == 0 and token.attrGet("start") is None:
            token.attrSet("class", "criteria")
            token.attrSet("role", "list")


_markdown = MarkdownIt("commonmark", {"html": False}).disable(["heading", "lheading", "image"])
_markdown.core.ruler.push("number_in_brass", _number_in_brass)
