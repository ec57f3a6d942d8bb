from badgecert.core.markdown import to_html


def test_to_html_numbers_the_steps_of_a_list():
    assert to_html("1. Pass the *examination*\n2. Show it") == (
        '<ol class="criteria" role="list">\n<li>Pass the <em>examination</em></li>\n<li>Show it</li>\n</ol>\n'
    )


def test_to_html_links_without_vouching_for_the_other_site():
    assert to_html("[Handbook](https://example.org/a?b=1&c=2)") == (
        '<p><a href="https://example.org/a?b=1&amp;c=2" rel="noopener noreferrer">Handbook</a></p>\n'
    )


def test_to_html_shows_what_is_no_markdown_as_it_was_typed():
    assert to_html("# Top\n\n<script>alert(1)</script>") == (
        "<p># Top</p>\n<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>\n"
    )


def test_to_html_asks_no_other_site_for_a_picture():
    assert "<img" not in to_html("![Seal](https://example.org/seal.png)")


def test_to_html_makes_no_link_that_runs_script():
    assert to_html("[Press](javascript:alert(1))") == "<p>[Press](javascript:alert(1))</p>\n"
