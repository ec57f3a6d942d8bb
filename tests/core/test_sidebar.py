import re

import pytest
from django.urls import reverse


def marked(html):
    return re.findall(r'<a href="[^"]*" aria-current="(page|true)">([^<]*)</a>', html)


@pytest.mark.parametrize(
    ("url_name", "expected"),
    [
        ("admin:index", ("page", "Dashboard")),
        ("admin:issue_badge", ("page", "Issue a badge")),
        # Its address lies behind that of "Issue a badge".
        ("admin:issue_file", ("page", "Issue from a file")),
        ("admin:badges_batch_changelist", ("page", "Batches")),
    ],
)
def test_sidebar_marks_this_page(client, staff, url_name, expected):
    client.force_login(staff)

    html = client.get(reverse(url_name)).content.decode()

    assert marked(html) == [expected]


def test_sidebar_marks_the_list_that_a_page_lies_behind(client, staff, issuance):
    client.force_login(staff)

    html = client.get(reverse("admin:badges_issuance_change", args=[issuance.pk])).content.decode()

    assert marked(html) == [("true", "Issuances")]
