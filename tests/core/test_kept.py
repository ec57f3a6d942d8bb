from pathlib import Path
from uuid import uuid4

import pytest
from django.template import Context, Template
from django.template.exceptions import TemplateDoesNotExist
from django.utils import timezone, translation
from django.utils.safestring import mark_safe

from badgecert.core.templatetags.kept import _part, kept, kept_around
from tests.languages.pseudo import LEFT_TO_RIGHT, pseudo_languages
from tests.strict_templates import UnknownVariableError


def footer(**said: str) -> str:
    return kept("components/site_footer.html", **{"operator_name": "Northgate", "demo": False, **said})


def test_kept_is_made_once_for_the_same_words() -> None:
    first = footer(operator_name="Made once")
    made = _part.cache_info().misses

    again = footer(operator_name="Made once")

    assert again is first
    assert _part.cache_info().misses == made


def test_kept_is_another_for_other_words() -> None:
    assert "Run by Northgate" in footer()
    assert "Run by Southgate" in footer(operator_name="Southgate")


def test_kept_speaks_the_language_of_whoever_reads(tmp_path: Path) -> None:
    english = footer()

    with pseudo_languages(tmp_path), translation.override(LEFT_TO_RIGHT):
        other = footer()

    assert "Help" in english
    assert "Help" not in other
    assert footer() == english


def test_kept_tells_the_time_of_whoever_reads() -> None:
    _part.cache_clear()

    for zone in ("UTC", "Asia/Tokyo", "UTC"):
        with timezone.override(zone):
            footer()

    assert _part.cache_info().currsize == 2


def test_kept_sees_nothing_but_what_it_is_given() -> None:
    page = Template('{% load kept %}{% kept "components/site_footer.html" demo=demo %}')

    with pytest.raises(UnknownVariableError, match="operator_name"):
        page.render(Context({"demo": False, "operator_name": "Somebody"}))


def test_kept_tells_safe_words_from_others() -> None:
    safe = footer(operator_name=mark_safe("<b>N</b>"))

    unsafe = footer(operator_name="<b>N</b>")

    assert "<b>N</b>" in safe
    assert "&lt;b&gt;N&lt;/b&gt;" in unsafe


def test_kept_refuses_what_could_change_behind_it() -> None:
    with pytest.raises(TypeError, match="unhashable"):
        kept("components/site_footer.html", operator_name=["Northgate"], demo=False)


def test_kept_needs_a_template() -> None:
    with pytest.raises(TemplateDoesNotExist):
        kept("components/nothing.html")


def test_kept_around_fills_in_what_is_own_as_a_template_would() -> None:
    first = kept_around("components/site_footer.html", own={"operator_name": "A & <b>"}, demo=False)
    made = _part.cache_info().misses

    second = kept_around("components/site_footer.html", own={"operator_name": mark_safe("<i>B</i>")}, demo=False)

    assert _part.cache_info().misses == made
    assert "Run by <i>B</i>" in second
    assert first == footer(operator_name="A & <b>")


def test_kept_around_leaves_ids_that_are_not_its_own() -> None:
    """A name may look like a mark, and is filled in once."""
    looks_like_a_mark = str(uuid4())

    part = kept_around("components/site_footer.html", own={"operator_name": looks_like_a_mark}, demo=False)

    assert f"Run by {looks_like_a_mark}" in part
