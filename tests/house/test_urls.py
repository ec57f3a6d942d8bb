"""Who may open what: walks every route, so that a new page is refused to strangers unless somebody decided otherwise."""

from collections.abc import Iterator
from datetime import date

import pytest
from django.contrib.contenttypes.models import ContentType
from django.http import HttpResponse

from badgecert.accounts.actions import remember_browser
from badgecert.accounts.models import KnownBrowser, User
from badgecert.core.models import AuditEvent
from badgecert.core.text import canonical_email
from badges.actions.batches import draft_batch
from badges.actions.proposals import draft_decision
from badges.actions.showing import make_share_link
from badges.models import BatchRow, ChangeKind, Issuance
from earners.actions.collections import make_collection
from earners.actions.exports import request_export
from earners.actions.questions import ask_organisation
from earners.actions.requests import Wish, open_request
from earners.attachments import SafeFile
from earners.models import Question, RequestKind
from issuers.models import Issuer
from notifications.models import Message
from tests.factories import make_issuer, make_staff
from tests.house.routes import Route, routes

ROUTES = routes()
PUBLIC = {
    "home",
    "api_schema",
    "live",
    "ready",
    "metrics",
    "robots",
    "sitemap",
    "sitemap_pages",
    "sitemap_badges",
    "sitemap_portfolios",
    "styleguide",
    "picture",
    "picture_variant",
    "account_login",
    "account_logout",
    "mfa_authenticate",
    "mfa_login_webauthn",
    "request_password",
    "first_time",
    "password_link",
    "choose_password",
    "issuers:issuer",
    "badges:catalogue",
    "badges:badge",
    "certificates:verify",
    "certificates:verify_list",
    "certificates:api_verify",
    "certificates:verification",
    "certificates:version",
    "certificates:other_spelling",
    "certificates:credential_json",
    "certificates:badge_png",
    "certificates:version_json",
    "certificates:credential_jwt",
    "certificates:refresh",
    "certificates:assertion_ob2",
    "certificates:badge_ob2",
    "certificates:issuer_ob2",
    "certificates:revocations_ob2",
    "certificates:did_json",
    "certificates:status_list",
    "certificates:suspension_list",
    "certificates:revoked_credentials",
    "certificates:badge_svg",
    "certificates:log",
    "certificates:share_link",
    "certificates:share_link_certificate",
    "certificates:share_link_json",
    "certificates:share_link_png",
    "certificates:log_consistency",
    "certificates:log_entries",
    "certificates:log_head",
    "certificates:log_keys",
    "certificates:log_proof",
    "certificates:place_in_log",
    "certificates:presented_receipt",
    "certificates:receipt",
    "certificates:place_in_log_json",
    "certificates:qr_png",
    "certificates:qr_svg",
    "certificates:badge_jpeg",
    "certificates:embed",
    "certificates:live_picture",
    "certificates:neutral_card",
    "certificates:preview_card",
    "certificates:certificate_pdf",
    "earners:agree_to_address",
    "earners:claim_link",
    "earners:confirm_address",
    "earners:public_collection",
    "earners:public_collection_pdf",
    "earners:public_photo",
    "earners:public_portfolio",
    "earners:public_portfolio_pdf",
    "earners:guides",
    "earners:oembed",
    "earners:public_card",
    "earners:public_embed",
    "earners:public_qr_png",
    "earners:public_qr_svg",
    "earners:guide",
    "earners:guide_pdf",
    "earners:sharing",
    "earners:help",
    "earners:ask_for_help",
    "earners:find_my_badge",
    "notifications:provider_webhook",
    "notifications:stop_mails",
    "notifications:mailbox",
    "notifications:mailbox_message",
    "notifications:mailbox_html",
    "notifications:mailbox_raw",
    "notifications:messages",
    "notifications:message",
    "notifications:message_html",
    "admin:login",
}
IDS = {
    "address_id",
    "issuance_id",
    "badge_id",
    "batch_id",
    "proposal_id",
    "work_id",
    "browser_id",
    "earner_id",
    "object_id",
    "row_id",
    "request_id",
    "attachment_id",
    "collection_id",
    "link_id",
    "export_id",
    "message_id",
    "issuer_id",
}
PRIVATE = [route for route in ROUTES if not route.is_public]
DESK = [route for route in PRIVATE if route.name.startswith("admin:")]
# The last one leads to the thing's public page.
OF_ONE_THING = [route for route in PRIVATE if route.parameters & IDS and route.name != "admin:view_on_site"]
REFUSED = {403, 404, 405}


def test_public_pages_are_public_on_purpose():
    assert {route.name for route in ROUTES if route.is_public} == PUBLIC


@pytest.fixture
def batch(badge, staff):
    row = BatchRow(
        line=2, recipient_name="Ana Núñez", recipient_email="ana.nunez@example.org", issued_on=date(2026, 11, 1)
    )
    row.recipient_key = canonical_email(row.recipient_email)
    return draft_batch(badge, rows=[row], file_name="course.csv", file_sha256="0" * 64, by=staff)


@pytest.fixture
def asked(issuance, earner):
    paper = SafeFile(name="hidden-proof.pdf", media_type="application/pdf", content=b"%PDF-1.7 hidden words %%EOF")
    return open_request(issuance, Wish(kind=RequestKind.NAME, wanted_name="Hidden Name", files=[paper]), by=earner)


@pytest.fixture
def collection(earner, issuance):
    return make_collection(title="Hidden Collection", issuance_ids=[issuance.pk], by=earner)


@pytest.fixture
def link(issuance, earner):
    return make_share_link(issuance, name="for Hidden HR", parts=["name"], by=earner)


@pytest.fixture
def proposal(issuance, staff):
    return draft_decision(ChangeKind.REVOKE, Issuance.objects.filter(pk=issuance.pk), by=staff)


@pytest.fixture
def address(issuer, staff, badge, issuance, batch, proposal, earner, asked, collection, link):
    """The route's address for a thing that belongs to the issuer or the earner."""
    things = {
        "badges_badge": badge,
        "badges_issuance": issuance,
        "badges_batch": batch,
        "badges_proposal": proposal,
        "core_auditevent": AuditEvent.objects.filter(object_id=badge.pk).earliest("created_at"),
        "issuers_issuer": issuer,
        "issuers_staffmember": staff.staff_memberships.get(),
        "accounts_user": earner,
        "earners_earnerrequest": asked,
        "earners_question": question_to(issuer),
        "notifications_message": Message.objects.earliest("created_at"),
    }

    def address(route: Route) -> str:
        model = route.name.removeprefix("admin:").rpartition("_")[0]
        return route.url(
            {
                "issuance_id": issuance.pk,
                "message_id": Message.objects.earliest("created_at").pk,
                "issuer_id": issuer.pk,
                "badge_id": badge.pk,
                "browser_id": browser_of(earner).pk,
                "batch_id": batch.pk,
                "row_id": batch.rows.get().pk,
                "proposal_id": proposal.pk,
                "work": "file",
                "work_id": batch.pk,
                "earner_id": earner.pk,
                "address_id": earner.emailaddress_set.get(primary=True).pk,
                # Of a section of a profile.
                "name": "work",
                "request_id": asked.pk,
                "question_id": things["earners_question"].pk,
                "attachment_id": asked.entries.get().attachments.get().pk,
                "kind": "name",
                "way": "linkedin",
                "export_id": request_export(earner).pk,
                "collection_id": collection.pk,
                "link_id": link.pk,
                # allauth counts its rows: nobody has this one.
                "pk": 0,
                "object_id": things[model].pk if model in things else badge.pk,
                "content_type_id": ContentType.objects.get_for_model(badge).pk,
                "decision": "revoke",
                "app_label": "badges",
            }
        )

    return address


def question_to(issuer: Issuer) -> Question:
    found = Question.objects.filter(issuer=issuer).first()
    return found or ask_organisation(
        issuer, topic=None, name="Hidden Name", address="hidden@example.org", text="hidden words", network=""
    )


def browser_of(earner: User) -> KnownBrowser:
    found = KnownBrowser.objects.filter(user=earner).first()
    return found or remember_browser(earner, name="Hidden on Linux", session_key="hidden", tokens=[])[0]


def requests_to(client, address, wanted: list[Route]) -> Iterator[tuple[str, HttpResponse]]:
    """GET and POST of every route, with where each ended up after its redirects."""
    for route in wanted:
        for method in (client.get, client.post):
            yield f"{method.__name__} {route.name}", method(address(route), follow=True)


def test_every_private_page_leads_whoever_is_not_logged_in_to_the_log_in_page(client, address):
    answers = requests_to(client, address, PRIVATE)

    assert [what for what, response in answers if response.request["PATH_INFO"] != "/log-in/"] == []


def test_desk_is_closed_to_earners(client, address, earner, issuance):
    client.force_login(earner)

    answers = requests_to(client, address, DESK)

    assert [what for what, response in answers if response.status_code not in REFUSED] == []
    assert Issuance.objects.get().updated_at == issuance.updated_at


@pytest.mark.parametrize("who", ["another earner", "staff of another organisation"])
def test_nobody_else_reaches_a_thing(client, address, stranger, badge, issuance, batch, who):
    client.force_login(stranger if who == "another earner" else make_staff(make_issuer(), role="owner"))
    secrets = [issuance.code, issuance.current_version.recipient_name, badge.current_version.name, str(batch.pk)]
    secrets += ["Hidden Name", "hidden-proof", "hidden words", "Hidden Collection", "Hidden HR"]

    answers = requests_to(client, address, OF_ONE_THING)

    shown = [what for what, response in answers if any(secret in response.content.decode() for secret in secrets)]
    assert shown == []
    assert Issuance.objects.get().updated_at == issuance.updated_at


def test_their_own_people_reach_the_things_that_nobody_else_does(client, address, staff, earner, badge, issuance):
    own = {route.name: address(route) for route in OF_ONE_THING}

    client.force_login(staff)
    desk = [client.get(own[f"admin:badges_{kind}_change"]).content.decode() for kind in ("badge", "issuance", "batch")]
    client.force_login(earner)
    portfolio = client.get(own["earners:issuance"]).content.decode()

    assert [badge.current_version.name in page for page in (*desk, portfolio)] == [True] * 4
    assert issuance.code in portfolio


# --- roles ---------------------------------------------------------------------------------------

# What each order of the desk needs. An order that is not here is for owners and managers.
FOR_OWNERS = {"admin:issuers_staffmember_add", "admin:remove_staff_member", "admin:erase_earner"}
FOR_DESIGNERS = {"admin:publish_badge", "admin:retire_badge", "admin:badges_badge_add"}


@pytest.mark.parametrize("role", ["viewer", "designer", "manager", "owner"])
def test_no_order_at_the_desk_is_taken_from_whoever_may_not_give_it(client, address, issuer, role):
    """Every route, posted to by every role: a refusal, a form with errors, or something that the role may."""
    client.force_login(make_staff(issuer, role=role))
    addresses = {route.name: address(route) for route in DESK}
    before = AuditEvent.objects.count()
    done = set()
    for name, where in addresses.items():
        client.post(where)
        if (now := AuditEvent.objects.count()) != before:
            done.add(name)
        before = now

    forbidden = {"viewer": done, "designer": done - FOR_DESIGNERS, "manager": done & FOR_OWNERS, "owner": set()}
    assert forbidden[role] == set()


@pytest.mark.parametrize("role", ["viewer", "designer", "manager", "owner"])
def test_no_role_of_another_organisation_reaches_a_thing_or_orders_anything(client, address, issuance, role):
    client.force_login(make_staff(make_issuer(), role=role))
    secrets = [issuance.code, "Hidden Name", "hidden-proof"]
    addresses = {route.name: address(route) for route in DESK}
    before = AuditEvent.objects.count()

    answers = [(name, send(where)) for name, where in addresses.items() for send in (client.get, client.post)]

    words = [(name, b"".join(page).decode(errors="replace")) for name, page in answers]
    assert [name for name, text in words if any(secret in text for secret in secrets)] == []
    assert [name for name, page in answers if page.status_code >= 500] == []
    assert AuditEvent.objects.count() == before


@pytest.mark.parametrize("role", ["viewer", "designer"])
def test_who_may_not_issue_opens_no_page_that_starts_a_change(client, address, issuer, role):
    client.force_login(make_staff(issuer, role=role))
    starting = ("correct", "renew", "decide", "issue_", "lock", "unlock", "change_earner_address", "approve_request")
    names = [route for route in DESK if route.name.removeprefix("admin:").startswith(starting)]

    answers = {route.name: client.get(address(route)).status_code for route in names}

    assert set(answers.values()) <= REFUSED, answers
