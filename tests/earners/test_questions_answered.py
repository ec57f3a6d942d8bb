"""docs/questions.md: what customers' earners ask is answered where it says."""

import re
from pathlib import Path

import pytest
from django.conf import settings

TABLE = (Path(settings.BASE_DIR) / "docs" / "questions.md").read_text()
ANSWERS = re.findall(r"^\| (.+?) \| `(/[^`]*)` \|$", TABLE, re.MULTILINE)


def test_table_has_the_questions():
    assert len(ANSWERS) > 50
    assert len(ANSWERS) == TABLE.count("\n| ") - 1


@pytest.mark.parametrize("where", sorted({where for _question, where in ANSWERS}))
def test_question_is_answered_where_the_table_says(client, issuance, where):
    address, _hash, anchor = where.replace("ISSUER", issuance.issuer.slug).replace("CODE", issuance.code).partition("#")

    answer = client.get(address, follow=True)

    assert answer.status_code == 200
    page = answer.content.decode()
    assert f'id="{anchor}"' in page
    # Not an empty place: words follow.
    assert len(re.sub(r"<[^>]*>", "", page.split(f'id="{anchor}"', 1)[1]).split()) > 20
