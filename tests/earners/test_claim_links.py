import uuid
from urllib.parse import urlsplit

import pytest

from earners.claim_links import NotAClaimLinkError, claim_url, issuance_of_claim_link

ISSUANCE_ID = uuid.UUID("019a8f00-0000-7000-8000-0123456789ab")
ADDRESS = "ana@example.org"


def token_of(url):
    return urlsplit(url).path.removeprefix("/claim/")


def link_to(issuance, *, address=ADDRESS):
    return token_of(claim_url(issuance.pk, address=address))


@pytest.mark.parametrize("spelling", ["ana@example.org", " Ana@Example.ORG"])
def test_claim_url_leads_back_to_its_issuance(issuance, spelling):
    assert issuance_of_claim_link(link_to(issuance, address=spelling)) == issuance


def test_claim_url_is_the_whole_address_and_fits_on_a_line_of_mail(settings):
    url = claim_url(ISSUANCE_ID, address=ADDRESS)

    assert url.startswith(f"{settings.BASE_URL}/claim/")
    assert len(token_of(url)) == 76
    assert "ana" not in url


def test_claim_url_sent_to_another_address_is_refused(issuance):
    with pytest.raises(NotAClaimLinkError):
        issuance_of_claim_link(link_to(issuance, address="ben@example.org"))


@pytest.mark.parametrize(
    "spoilt",
    [
        "",
        "claim",
        "x" * 76,
        token_of(claim_url(ISSUANCE_ID, address=ADDRESS)),
        token_of(claim_url(ISSUANCE_ID, address=ADDRESS)).replace("A", "B"),
        token_of(claim_url(ISSUANCE_ID, address=ADDRESS)).split(".")[0],
    ],
)
def test_claim_link_that_is_spoilt_or_of_nothing_is_refused(db, spoilt):
    with pytest.raises(NotAClaimLinkError):
        issuance_of_claim_link(spoilt)


def test_claim_link_of_another_secret_is_refused(issuance, settings):
    token = link_to(issuance)
    settings.SECRET_KEY = "another"

    with pytest.raises(NotAClaimLinkError):
        issuance_of_claim_link(token)
