from datetime import UTC, date, datetime

import pytest
from django.core.exceptions import ValidationError

from badgecert.core import clock
from badges.actions.issuances import NewIssuance, issue_badges
from badges.disclosure import can_see
from badges.models import Badge
from certificates.actions.documents import certificate_content, certificate_pdf
from certificates.models import CertificateNumber
from tests.certificates.rendering.test_pdf import text_of
from tests.factories import issue, make_issuer, make_published_badge


def numbers() -> list[str]:
    return list(CertificateNumber.objects.order_by("issuer_id", "number").values_list("text", flat=True))


def test_each_certificate_of_an_organisation_gets_the_next_number(staff) -> None:
    badge = make_published_badge(make_issuer(certificate_numbers="NC-{year}-{number}"))
    rows = [
        NewIssuance(
            recipient_name=f"Ana {n}", recipient_email=f"a{n}@example.org", issued_on=date(2026, 11, 1), expires_on=None
        )
        for n in range(3)
    ]

    with clock.at(datetime(2026, 11, 22, tzinfo=UTC)):
        issuances = issue_badges(rows, badge_version=badge.current_version, by=badge.current_version.made_by)
    with clock.at(datetime(2027, 1, 2, tzinfo=UTC)):
        last = issue(badge)

    assert numbers() == ["NC-2026-00001", "NC-2026-00002", "NC-2026-00003", "NC-2027-00004"]
    words = text_of(certificate_pdf(certificate_content(can_see(last.code), paper="a4")))
    assert "NC-2027-00004" in words
    assert [CertificateNumber.objects.get(issuance=one).number for one in issuances] == [1, 2, 3]


def test_organisations_count_for_themselves_and_only_what_has_a_certificate(badge: Badge) -> None:
    one, two = (make_issuer(certificate_numbers=pattern) for pattern in ("A{number}", "B{number}"))
    issue(badge)
    issue(make_published_badge(one, content={"certificate_design": ""}))
    issue(make_published_badge(one))
    issue(make_published_badge(two))

    assert sorted(numbers()) == ["A00001", "B00001"]


@pytest.mark.parametrize("pattern", ["NC", "{number}-{year}", "{number}{number}", "{0}", "{number.real}", "{{number}}"])
def test_a_pattern_that_is_none_is_refused(db: None, pattern: str) -> None:
    with pytest.raises(ValidationError):
        make_issuer(certificate_numbers=pattern)
