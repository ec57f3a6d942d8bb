"""What an organisation decides for each badge (product.md, Issuing 4): staff tick it, and it has its effect."""

import pytest
from django.urls import reverse

from badges.models import Badge
from earners.actions.requests import kinds_for
from earners.models import RequestKind
from notifications.actions.delivery import deliver_due_messages
from tests.badges.test_admin_badges import PLAIN
from tests.factories import issue, make_issuer


class Given:
    """One badge, given to somebody who has just heard of it."""

    def __init__(self, client, smtp, issuance):
        self._client, self._smtp, self.issuance = client, smtp, issuance

    def page(self, name="verification"):
        self._client.logout()
        return self._client.get(reverse(f"certificates:{name}", args=[self.issuance.code]))

    def page_says(self, words):
        return words in self.page().content.decode()

    @property
    def mail(self):
        deliver_due_messages()
        return self._smtp.to("ana@example.org")[-1]

    def mail_says(self, words):
        return words in self.mail.body("plain") and words in self.mail.body("html")


CERTIFICATE = {"has_certificate": "on", "certificate_design": "ledger"}
OPTIONS = {
    "certificate": (CERTIFICATE, {}, lambda given: given.page("certificate_pdf").status_code == 200),
    "design": (
        CERTIFICATE,
        {**CERTIFICATE, "certificate_design": "diploma"},
        lambda given: given.issuance.current_version.badge_version.certificate_design == "ledger",
    ),
    "invitation": (
        {"invites_earners": "on"},
        {"invites_earners": ""},
        lambda given: given.mail_says("Temporary password"),
    ),
    "visible before the claim": (
        {"default_visibility": "link"},
        {"default_visibility": "private"},
        lambda given: given.page_says("Clinical Mentor"),
    ),
    "paper": (
        {"offers_paper": "on"},
        {},
        lambda given: RequestKind.PAPER in kinds_for(given.issuance),
    ),
    "skills": ({"skills": "Ward rounds"}, {"skills": ""}, lambda given: given.page_says("Ward rounds")),
    "criteria to earn": (
        {"criteria_to_earn": "Pass the viva"},
        {},
        lambda given: given.page_says("Pass the viva"),
    ),
    "criteria to maintain": (
        {"criteria_to_maintain": "Teach twice a year"},
        {"criteria_to_maintain": ""},
        lambda given: given.page_says("Teach twice a year"),
    ),
    "renewal link": (
        {"renewal_url": "https://northgate.example/renew"},
        {},
        lambda given: given.page_says("https://northgate.example/renew"),
    ),
    "renewal steps": (
        {"renewal_instructions": "Pay the fee first"},
        {},
        lambda given: given.page_says("Pay the fee first"),
    ),
    "reply address": (
        {"reply_to": "mentors@northgate.example"},
        {},
        lambda given: "mentors@northgate.example" in given.mail.message["Reply-To"],
    ),
    "LinkedIn number": (
        {"has_linkedin_button": "on", "linkedin_organization_id": "4242"},
        {"has_linkedin_button": "on"},
        lambda given: "organizationId=4242" in given.mail.body("html"),
    ),
    "LinkedIn button": (
        {"has_linkedin_button": "on"},
        {},
        lambda given: "linkedin.com" in given.mail.body("html"),
    ),
}


@pytest.mark.parametrize("option", OPTIONS)
def test_option_of_a_badge_has_its_effect(client, smtp, issuer, staff, option):
    chosen, otherwise, has_effect = OPTIONS[option]
    client.force_login(staff)
    effects = []

    for typed in (chosen, otherwise):
        client.force_login(staff)
        client.post(reverse("admin:badges_badge_add"), {"issuer": str(issuer.pk), **PLAIN, **typed})
        badge = Badge.objects.latest("created_at")
        client.post(reverse("admin:publish_badge", args=[badge.pk]))
        effects.append(has_effect(Given(client, smtp, issue(badge, to="ana@example.org"))))
        Badge.objects.filter(pk=badge.pk).update(slug=f"given-{badge.pk}")

    assert effects == [True, False]


def test_linkedin_number_of_the_badge_comes_before_that_of_the_organisation(db, client, smtp):
    issuer = make_issuer(linkedin_organization_id="1337")
    owner = issuer.staff_members.get().user
    client.force_login(owner)
    client.post(reverse("admin:badges_badge_add"), {"issuer": str(issuer.pk), **PLAIN, "has_linkedin_button": "on"})
    badge = Badge.objects.get()
    client.post(reverse("admin:publish_badge", args=[badge.pk]))

    assert "organizationId=1337" in Given(client, smtp, issue(badge, to="ana@example.org")).mail.body("html")
