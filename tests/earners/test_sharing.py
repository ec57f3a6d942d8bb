from datetime import date
from urllib.parse import parse_qsl, urlsplit

import pytest

from badges.actions.issuances import set_visibility
from badges.disclosure import can_see
from badges.models import ExpiryRule, Visibility
from earners import sharing
from tests.factories import issue, make_issuer, make_published_badge


def seen(code, *, by=None):
    return can_see(code, viewer=by)


def test_linkedin_profile_url_fills_in_every_field(earner):
    issuer = make_issuer(name="Räddningsverket & Söner", linkedin_organization_id="1337")
    badge = make_published_badge(
        issuer, content={"name": "CNT: Level 3"}, expiry_rule=ExpiryRule.PERIOD, expiry_months=24
    )
    issuance = issue(badge, to=earner, issued_on=date(2025, 3, 14))

    url = sharing.linkedin_profile_url(seen(issuance.code))

    assert urlsplit(url)._replace(query="").geturl() == "https://www.linkedin.com/profile/add"
    assert parse_qsl(urlsplit(url).query) == [
        ("startTask", "CERTIFICATION_NAME"),
        ("name", "CNT: Level 3"),
        ("organizationId", "1337"),
        ("issueYear", "2025"),
        ("issueMonth", "3"),
        ("expirationYear", "2027"),
        ("expirationMonth", "3"),
        ("certUrl", f"http://testserver/v/{issuance.code}"),
        ("certId", seen(issuance.code).grouped_code),
    ]


def test_linkedin_profile_url_without_number_and_expiry_names_the_organisation(badge, earner):
    issuance = issue(badge, to=earner, issued_on=date(2025, 12, 31))

    query = dict(parse_qsl(urlsplit(sharing.linkedin_profile_url(seen(issuance.code))).query))

    assert (query["organizationName"], query["issueYear"], query["issueMonth"]) == (badge.issuer.name, "2025", "12")
    assert query.keys().isdisjoint({"organizationId", "expirationYear", "expirationMonth"})


@pytest.mark.parametrize("month", range(1, 13))
def test_linkedin_profile_url_counts_months_from_one(badge, month):
    issuance = issue(badge, issued_on=date(2025, month, 1), expires_on=date(2026, month, 28))

    query = dict(parse_qsl(urlsplit(sharing.linkedin_profile_url(seen(issuance.code))).query))

    assert (query["issueMonth"], query["expirationMonth"]) == (str(month), str(month))


def test_linkedin_fields_are_the_five_of_its_form(badge):
    issuance = issue(badge, issued_on=date(2025, 3, 14), expires_on=date(2028, 3, 13))
    disclosure = seen(issuance.code)

    assert [(field.label, field.value) for field in sharing.linkedin_fields(disclosure)] == [
        ("Name", "Infection Control Practitioner"),
        ("Issuing organisation", badge.issuer.name),
        ("Issue and expiration date", "March 2025 to March 2028"),
        ("Credential ID", disclosure.grouped_code),
        ("Credential URL", disclosure.url),
    ]


def test_linkedin_fields_say_that_it_does_not_expire(badge):
    issuance = issue(badge, issued_on=date(2025, 3, 14))

    assert sharing.linkedin_fields(seen(issuance.code))[2].value == "March 2025, does not expire"


def test_links_to_feeds_carry_the_address_whole():
    url = "https://badges.example.org/v/7KQ4M2XD9RWT"

    assert [sharing.linkedin_feed_url(url), sharing.facebook_url(url)] == [
        "https://www.linkedin.com/sharing/share-offsite/?url=https%3A%2F%2Fbadges.example.org%2Fv%2F7KQ4M2XD9RWT",
        "https://www.facebook.com/sharer/sharer.php?u=https%3A%2F%2Fbadges.example.org%2Fv%2F7KQ4M2XD9RWT",
    ]


def test_x_url_begins_a_post_in_any_script(db):
    badge = make_published_badge(make_issuer(name="实践 & Co"), content={"name": "针灸"})
    issuance = issue(badge)

    assert parse_qsl(urlsplit(sharing.x_url(seen(issuance.code))).query) == [
        ("text", "I earned 针灸 from 实践 & Co."),
        ("url", f"http://testserver/v/{issuance.code}"),
    ]


def test_whatsapp_url_begins_a_message_in_any_script(db):
    badge = make_published_badge(make_issuer(name="实践 & Co"), content={"name": "针灸"})
    issuance = issue(badge)

    assert parse_qsl(urlsplit(sharing.whatsapp_url(seen(issuance.code))).query) == [
        ("text", f"I earned 针灸 from 实践 & Co. http://testserver/v/{issuance.code}"),
    ]


@pytest.mark.parametrize(
    "share", [sharing.linkedin_profile_url, sharing.linkedin_fields, sharing.x_url, sharing.whatsapp_url]
)
def test_nothing_is_shared_of_what_is_not_disclosed(issuance, earner, share):
    set_visibility(issuance, visibility=Visibility.PRIVATE, by=earner)

    with pytest.raises(sharing.NotDisclosedError):
        share(seen(issuance.code))
