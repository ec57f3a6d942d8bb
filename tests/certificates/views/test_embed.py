import pytest
from django.test import Client

from badges.actions.issuances import correct_issuance, revoke_issuance, set_visibility
from badges.models import Visibility
from tests.factories import issue


def embed(issuance, **headers):
    return Client(headers=headers).get(f"/v/{issuance.code}/embed")


def words(response):
    return " ".join(response.content.decode().split())


def test_embed_says_the_verdict_and_leads_to_the_page(issuance):
    page = words(embed(issuance))

    assert '<span class="tag" data-tone="valid">Valid</span>' in page
    assert "Amara Okafor-Lindqvist" in page
    assert f'href="http://testserver/v/{issuance.code}"' in page
    assert "<script" not in page


def test_embed_may_be_framed_by_everybody_and_nothing_else_may(issuance):
    framed, page = embed(issuance), Client().get(f"/v/{issuance.code}")

    assert "frame-ancestors *" in framed["Content-Security-Policy"]
    assert "script-src 'none'" in framed["Content-Security-Policy"]
    assert "X-Frame-Options" not in framed
    assert "frame-ancestors 'none'" in page["Content-Security-Policy"]
    assert page["X-Frame-Options"] == "DENY"


def test_embed_may_be_framed_when_it_comes_out_of_the_kept_answers_too(issuance):
    answers = [embed(issuance) for _ in range(2)]
    answers.append(embed(issuance, if_none_match=answers[0]["ETag"]))

    assert [answer.status_code for answer in answers] == [200, 200, 304]
    assert all("frame-ancestors *" in answer["Content-Security-Policy"] for answer in answers)
    assert not any("X-Frame-Options" in answer for answer in answers)


@pytest.mark.parametrize(
    ("end", "said"), [("private", "The holder keeps this badge private"), ("revoked", "Do not rely on this badge")]
)
def test_embed_of_what_others_may_not_see_names_nobody_on_the_next_request(issuance, earner, staff, end, said):
    tag = embed(issuance)["ETag"]
    if end == "private":
        set_visibility(issuance, visibility=Visibility.PRIVATE, by=earner)
    else:
        revoke_issuance(issuance, reason="issued in error", by=staff)

    page = words(embed(issuance, if_none_match=tag))

    assert said in page
    assert "Amara" not in page


def test_embed_follows_a_correction(issuance, staff):
    correct_issuance(issuance, recipient_name="Amara Okafor", reason="marriage", by=staff)

    assert "Okafor-Lindqvist" not in words(embed(issuance))


def test_embed_in_arabic_letters_keeps_its_direction(badge):
    assert "<bdi>محمد عبد الله</bdi>" in words(embed(issue(badge, name="محمد عبد الله")))
