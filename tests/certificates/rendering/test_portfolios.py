import io

import pypdf
import pytest

from certificates.rendering.exceptions import UnrenderableTextError
from certificates.rendering.portfolios import ListedBadge, PortfolioFacts, render_portfolio
from tests.factories import make_png


def facts(**changes):
    return PortfolioFacts(
        **{
            "title": "For recruiters",
            "person": "Amara Okafor-Lindqvist",
            "dated": "As it stood on 22 November 2026",
            "note": "Whether a badge is valid is told at its own address.",
            "badges": tuple(listed(number) for number in range(2)),
            "url": "https://badges.example.org/p/amara/",
            "check": "The same list, as it is now",
            **changes,
        }
    )


def listed(number, **changes):
    return ListedBadge(
        **{
            "name": f"Clinical Mentor {number}",
            "issuer": "Northgate Council",
            "holder": "Amara Okafor-Lindqvist",
            "lines": ("Issued 14 March 2025, does not expire",),
            "url": f"https://badges.example.org/v/7KQ4M2XD9RW{number}",
            "picture": make_png(),
            **changes,
        }
    )


def pages_of(pdf):
    return [page.extract_text() for page in pypdf.PdfReader(io.BytesIO(pdf)).pages]


def test_portfolio_lists_each_badge_with_the_address_where_it_is_checked():
    [text] = pages_of(render_portfolio(facts()))

    wanted = ["Amara Okafor-Lindqvist", "For recruiters", "Clinical Mentor 0", "Clinical Mentor 1", "Northgate Council"]
    wanted += ["https://badges.example.org/v/7KQ4M2XD9RW1", "https://badges.example.org/p/amara/"]
    assert [words for words in wanted if words not in text] == []


def test_portfolio_of_many_badges_takes_the_pages_it_needs_and_numbers_them():
    pages = pages_of(render_portfolio(facts(badges=tuple(listed(number) for number in range(20)))))

    assert len(pages) == 3
    assert "3 / 3" in pages[-1]


def test_portfolio_is_set_in_every_script():
    badges = (listed(0, name="محمد عبد الرحمن"), listed(1, name="临床导师"))

    assert len(pages_of(render_portfolio(facts(person="Ὑπατία", badges=badges)))) == 1


def test_portfolio_without_a_page_on_the_web_names_none():
    [text] = pages_of(render_portfolio(facts(url="", check="")))

    assert "/p/" not in text


def test_letters_that_no_typeface_has_are_refused():
    with pytest.raises(UnrenderableTextError):
        render_portfolio(facts(person="\ue000"))


def test_same_facts_give_the_same_bytes():
    assert render_portfolio(facts()) == render_portfolio(facts())
