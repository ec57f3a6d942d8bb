import uuid
from urllib.parse import urlsplit

import pytest

from earners.claim_links import NotAClaimLinkError, claim_url, issuance_id_from

ISSUANCE_ID = uuid.UUID("019a8f00-0000-7000-8000-0123456789ab")


def token_of(url):
    return urlsplit(url).path.removeprefix("/claim/")


def test_claim_url_leads_back_to_its_issuance():
    assert issuance_id_from(token_of(claim_url(ISSUANCE_ID))) == ISSUANCE_ID


def test_claim_url_is_the_whole_address_and_fits_on_a_line_of_mail(settings):
    url = claim_url(ISSUANCE_ID)

    assert url.startswith(f"{settings.BASE_URL}/claim/")
    assert len(token_of(url)) == 66


@pytest.mark.parametrize(
    "spoilt",
    [
        "",
        "claim",
        "x" * 66,
        token_of(claim_url(ISSUANCE_ID)).replace("A", "B"),
        token_of(claim_url(ISSUANCE_ID)).split(".")[0],
    ],
)
def test_issuance_id_from_a_spoilt_token_is_refused(spoilt):
    with pytest.raises(NotAClaimLinkError):
        issuance_id_from(spoilt)


def test_issuance_id_from_a_token_of_another_secret_is_refused(settings):
    token = token_of(claim_url(ISSUANCE_ID))
    settings.SECRET_KEY = "another"

    with pytest.raises(NotAClaimLinkError):
        issuance_id_from(token)
