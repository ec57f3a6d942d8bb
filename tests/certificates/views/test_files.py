import io
import json
from datetime import UTC, date, datetime
from urllib.parse import quote

import pypdf
import pypdfium2
import pytest
from django.db import OperationalError, connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from PIL import Image

from badgecert.accounts.models import User
from badgecert.core import clock
from badgecert.core.pictures import picture_from_drawing
from badges.actions.issuances import correct_issuance, revoke_issuance, set_visibility, suspend_issuance
from badges.drawing.badge import BadgeArt, draw_badge
from badges.drawing.pictures import to_png
from badges.models import Badge, Issuance, Visibility
from certificates.models import Document
from tests.certificates.actions.test_documents import count_renderings
from tests.factories import issue, make_issuer, make_published_badge, make_staff

HOLDER = "Amara Okafor-Lindqvist"
JSON_TYPES = ["application/json", "application/vc+ld+json", "application/ld+json", "application/vc"]


def client_of(user: User | None) -> Client:
    client = Client()
    if user:
        client.force_login(user)
    return client


# --- credential --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("wanted", JSON_TYPES)
def test_page_answers_json_to_whoever_asks_for_it(issuance: Issuance, wanted: str) -> None:
    response = Client(headers={"accept": wanted}).get(f"/v/{issuance.code}")

    assert response["Content-Type"] == wanted
    assert json.loads(response.content)["id"] == f"http://testserver/v/{issuance.code}"
    assert response["Vary"] == "Accept, Accept-Language"
    assert response["Access-Control-Allow-Origin"] == "*"
    assert response["Cache-Control"] == "no-cache"


@pytest.mark.parametrize(
    "accept", ["text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", "*/*", "image/webp"]
)
def test_page_answers_html_to_everybody_else(issuance: Issuance, accept: str) -> None:
    response = Client(headers={"accept": accept}).get(f"/v/{issuance.code}")

    assert response["Content-Type"] == "text/html; charset=utf-8"
    assert "Access-Control-Allow-Origin" not in response


def test_json_file_is_what_the_page_negotiates(issuance: Issuance) -> None:
    file = Client().get(f"/v/{issuance.code}.json")

    assert file["Content-Type"] == "application/json"
    assert file.json() == Client(headers={"accept": "application/json"}).get(f"/v/{issuance.code}").json()


def test_json_costs_one_query(issuance: Issuance) -> None:
    counts, contents = [], []
    for _ in range(2):
        with CaptureQueriesContext(connection) as queries:
            response = Client().get(f"/v/{issuance.code}.json")
        counts.append(len(queries))
        contents.append(response.content)

    assert counts == [1, 1]
    assert contents[0] == contents[1]


def test_json_that_is_unchanged_costs_one_query(issuance: Issuance) -> None:
    tag = Client().get(f"/v/{issuance.code}.json")["ETag"]

    with CaptureQueriesContext(connection) as queries:
        response = Client(headers={"if-none-match": tag}).get(f"/v/{issuance.code}.json")

    assert (response.status_code, len(queries)) == (304, 1)


def test_page_and_json_have_tags_of_their_own(issuance: Issuance) -> None:
    tags = {Client(headers={"accept": kind}).get(f"/v/{issuance.code}")["ETag"] for kind in ["text/html", *JSON_TYPES]}

    assert len(tags) == 5


def test_json_of_a_revoked_badge_is_gone_and_says_why(issuance: Issuance, staff: User) -> None:
    revoke_issuance(issuance, reason="issued in error", by=staff)

    response = Client().get(f"/v/{issuance.code}.json")

    assert response.status_code == 410
    assert response.json() == {
        "id": f"http://testserver/v/{issuance.code}",
        "revoked": True,
        "revocationReason": "issued in error",
    }


@pytest.mark.parametrize("suffix", [".json", ".png", ".svg"])
def test_files_of_a_private_badge_are_not_found_even_for_its_earner(
    issuance: Issuance, earner: User, suffix: str
) -> None:
    set_visibility(issuance, visibility=Visibility.PRIVATE, by=earner)

    response = client_of(earner).get(f"/v/{issuance.code}{suffix}")

    assert response.status_code == 404
    assert response.json() == {"type": "about:blank", "title": "There is no such file", "status": 404}


def test_json_of_a_private_badge_by_negotiation_is_not_found(issuance: Issuance, earner: User) -> None:
    set_visibility(issuance, visibility=Visibility.PRIVATE, by=earner)

    assert Client(headers={"accept": "application/json"}).get(f"/v/{issuance.code}").status_code == 404


def test_files_of_an_unknown_code_and_of_an_erased_badge(issuance: Issuance) -> None:
    Issuance.objects.update(erased_at=clock.now())

    statuses = [Client().get(f"/v/{code}.json").status_code for code in ("000000000000", issuance.code)]

    assert statuses == [404, 410]


def test_json_without_a_database_is_a_problem_of_ours(issuance: Issuance) -> None:
    def away(*args: object) -> None:
        raise OperationalError("gone")

    with connection.execute_wrapper(away):
        response = Client().get(f"/v/{issuance.code}.json")

    assert (response.status_code, response["Content-Type"]) == (503, "application/problem+json")


# --- pictures ----------------------------------------------------------------------------------------------------


@pytest.fixture
def drawn(issuer) -> Issuance:
    svg = draw_badge(BadgeArt(shape="circle", icon="award", palette="teal", top_text="INFECTION CONTROL"))
    picture = picture_from_drawing(svg=svg, png=to_png(svg, 600))
    return issue(make_published_badge(issuer, content={"picture": picture}))


def test_png_is_the_badges_picture(issuance: Issuance) -> None:
    response = Client().get(f"/v/{issuance.code}.png")

    assert (response["Content-Type"], response["Cache-Control"]) == ("image/png", "no-cache")
    assert Image.open(io.BytesIO(response.content)).size == (600, 600)
    assert Client(headers={"if-none-match": response["ETag"]}).get(f"/v/{issuance.code}.png").status_code == 304


def test_svg_is_there_when_the_picture_was_drawn(drawn: Issuance, issuance: Issuance) -> None:
    response = Client().get(f"/v/{drawn.code}.svg")

    assert response["Content-Type"] == "image/svg+xml"
    assert response["Content-Security-Policy"] == "default-src 'none'; style-src 'unsafe-inline'; sandbox"
    assert b"<svg" in response.content
    assert Client().get(f"/v/{issuance.code}.svg").status_code == 404


def test_picture_of_a_revoked_badge_is_not_given(issuance: Issuance, staff: User) -> None:
    revoke_issuance(issuance, reason="issued in error", by=staff)

    assert Client().get(f"/v/{issuance.code}.png").status_code == 404


def test_qr_code_is_drawn_without_looking_anything_up(issuance: Issuance) -> None:
    with CaptureQueriesContext(connection) as queries:
        response = Client().get(f"/v/{issuance.code}/qr.svg")

    assert (response.status_code, response["Content-Type"], len(queries)) == (200, "image/svg+xml", 0)
    assert Client().get("/v/0000000000ZZ/qr.svg").status_code == 404


# --- certificate -------------------------------------------------------------------------------------------------


def words_of(content: bytes) -> str:
    return " ".join(pypdfium2.PdfDocument(content)[0].get_textpage().get_text_range().split())


def test_certificate_opens_in_the_browser_under_a_name_that_says_whose_it_is(issuance: Issuance) -> None:
    response = Client().get(f"/v/{issuance.code}/certificate.pdf")

    assert response["Content-Type"] == "application/pdf"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Cache-Control"] == "no-cache"
    assert response["Content-Disposition"] == (
        'inline; filename="Infection-Control-Practitioner-Amara-Okafor-Lindqvist.pdf"; '
        "filename*=UTF-8''Infection%20Control%20Practitioner%20-%20Amara%20Okafor-Lindqvist.pdf"
    )
    assert HOLDER in words_of(response.content)


def test_certificate_of_a_name_without_latin_letters_has_a_name_too(issuer) -> None:
    issuance = issue(make_published_badge(issuer, content={"name": "感染管理"}), name="李小龍")

    response = Client().get(f"/v/{issuance.code}/certificate.pdf")

    assert response["Content-Disposition"] == (
        f"inline; filename=\"certificate-{issuance.code}.pdf\"; filename*=UTF-8''{quote('感染管理 - 李小龍')}.pdf"
    )


@pytest.mark.parametrize(("paper", "size"), [("a4", (842, 595)), ("letter", (792, 612))])
def test_certificate_comes_on_two_papers(issuance: Issuance, paper: str, size: tuple[int, int]) -> None:
    content = Client().get(f"/v/{issuance.code}/certificate.pdf", {"paper": paper}).content

    box = pypdf.PdfReader(io.BytesIO(content)).pages[0].mediabox
    assert (round(box.width), round(box.height)) == size


def test_certificate_on_another_paper_is_refused_with_a_sentence(issuance: Issuance) -> None:
    response = Client().get(f"/v/{issuance.code}/certificate.pdf", {"paper": "../../etc"})

    assert response.status_code == 404
    assert "Certificates are made for two papers: a4 and letter." in response.content.decode()


def test_badge_without_a_certificate_says_whom_to_ask(issuer) -> None:
    issuance = issue(make_published_badge(issuer, content={"certificate_design": ""}))

    response = Client().get(f"/v/{issuance.code}/certificate.pdf")

    assert response.status_code == 404
    assert "This badge comes without a certificate." in response.content.decode()
    assert "mailto:badges@northgate.example" in response.content.decode()


def test_certificate_of_a_badge_that_expired_carries_the_day(badge: Badge) -> None:
    issuance = issue(badge, issued_on=date(2024, 3, 14), expires_on=date(2026, 3, 13))

    with clock.at(datetime(2026, 11, 22, tzinfo=UTC)):
        content = Client().get(f"/v/{issuance.code}/certificate.pdf").content

    assert "Expired on 13 March 2026" in words_of(content)


def test_certificate_under_review_says_so(issuance: Issuance, staff: User) -> None:
    with clock.at(datetime(2026, 11, 22, tzinfo=UTC)):
        suspend_issuance(issuance, reason="audit", by=staff)

    assert "Under review since 22 November 2026" in words_of(
        Client().get(f"/v/{issuance.code}/certificate.pdf").content
    )


@pytest.mark.parametrize("who", ["nobody", "stranger", "other staff", "earner", "staff"])
@pytest.mark.parametrize("state", ["private", "revoked"])
def test_certificate_that_strangers_may_not_have_is_for_owner_and_staff(
    issuance: Issuance, earner: User, staff: User, stranger: User, who: str, state: str
) -> None:
    with clock.at(datetime(2026, 11, 22, tzinfo=UTC)):
        if state == "private":
            set_visibility(issuance, visibility=Visibility.PRIVATE, by=earner)
        else:
            revoke_issuance(issuance, reason="issued in error", by=staff)
    user = {
        "nobody": None,
        "stranger": stranger,
        "other staff": make_staff(make_issuer()),
        "earner": earner,
        "staff": staff,
    }[who]

    response = client_of(user).get(f"/v/{issuance.code}/certificate.pdf")

    if who in {"earner", "staff"}:
        assert response.status_code == 200
        assert response["Cache-Control"] == "private, no-store"
        assert ("Revoked on 22 November 2026" in words_of(response.content)) == (state == "revoked")
    else:
        assert response.status_code == {"private": 404, "revoked": 410}[state]
        assert HOLDER not in response.content.decode() + str(response.headers)
        assert ("issued in error" in response.content.decode()) == (state == "revoked")


def test_certificate_is_rendered_once_for_each_thing_it_says(
    issuance: Issuance, staff: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    rendered = count_renderings(monkeypatch)
    address = f"/v/{issuance.code}/certificate.pdf"

    first, second = Client().get(address), Client().get(address)
    unchanged = Client(headers={"if-none-match": first["ETag"]}).get(address)
    correct_issuance(issuance, by=staff, reason="typing slip", recipient_name="Amara Okafor")
    third = Client(headers={"if-none-match": first["ETag"]}).get(address)

    assert first.content == second.content
    assert (unchanged.status_code, unchanged.content) == (304, b"")
    assert "Amara Okafor" in words_of(third.content)
    assert rendered == [HOLDER, "Amara Okafor"]
    assert Document.objects.count() == 2


def test_certificate_that_cannot_be_drawn_leaves_nothing_behind(issuer) -> None:
    issuance = issue(make_published_badge(issuer), name="Ada 🜁")

    response = Client().get(f"/v/{issuance.code}/certificate.pdf")

    assert response.status_code == 404
    assert "has no letters for" in response.content.decode()
    assert Document.objects.count() == 0
