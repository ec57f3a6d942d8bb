from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from badgecert.accounts.models import User
from badgecert.core.models import AuditEvent
from issuers.actions import update_issuer
from issuers.exceptions import NobodyToAgreeError
from issuers.models import Issuer, StaffMember, StaffRole, Topic
from tests.factories import issue, make_issuer, make_png, make_staff


@pytest.fixture
def owner(client, issuer):
    owner = User.objects.get(staff_memberships__issuer=issuer)
    client.force_login(owner)
    return owner


def typed(issuer: Issuer, **changed: str) -> dict[str, object]:
    return {
        "name": issuer.name,
        "url": issuer.url,
        "email": issuer.email,
        "brand_colour": issuer.brand_colour,
        "time_zone": issuer.time_zone,
        "cooling_off_minutes": 10,
        "single_delay_minutes": 0,
        "reminder_days": "30, 60, 90, 120",
        "answer_days": 5,
        "issue_days": 10,
        **changed,
    }


def save(client, issuer, **changed):
    return client.post(reverse("admin:issuers_issuer_change", args=[issuer.pk]), typed(issuer, **changed))


def test_owner_changes_the_organisation(client, issuer, owner):
    save(
        client,
        issuer,
        name="Northgate Clinic",
        time_zone="Europe/Brussels",
        reminder_days="30 60",
        brand_colour="#0F4C5C",
    )

    issuer.refresh_from_db()
    assert (issuer.name, issuer.time_zone, issuer.reminder_days, issuer.brand_colour) == (
        "Northgate Clinic",
        "Europe/Brussels",
        [30, 60],
        "#0f4c5c",
    )


def test_owner_says_who_answers_what_and_when(client, issuer, owner):
    save(client, issuer, answer_days=3, holidays="2026-12-25 2026-12-24", contact_name="names@northgate.example")

    issuer.refresh_from_db()
    assert (issuer.answer_days, issuer.holidays) == (3, ["2026-12-24", "2026-12-25"])
    assert issuer.contacts == {"name": "names@northgate.example"}
    assert issuer.contact_for(Topic.NAME) == "names@northgate.example"
    assert issuer.contact_for(Topic.PAPER) == issuer.email


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"holidays": "Christmas"}, "Write each day like 2026-12-25, with commas between them."),
        ({"contact_paper": "post office"}, "This e-mail address has no @."),
        ({"answer_days": "0"}, "Ensure this value is greater than or equal to 1."),
    ],
)
def test_owner_is_told_what_is_wrong_with_contacts_and_days(client, issuer, owner, changed, sentence):
    page = save(client, issuer, **changed)

    assert [error for errors in page.context["form"].errors.values() for error in errors] == [sentence]


def test_business_days_leave_out_week_ends_and_holidays(issuer):
    issuer.holidays = ["2026-12-25"]

    # Thursday; Friday is Christmas.
    assert issuer.business_days_after(date(2026, 12, 24), 1) == date(2026, 12, 28)
    assert issuer.business_days_after(date(2026, 12, 24), 5) == date(2027, 1, 1)


def test_logo_may_be_a_square_svg_and_is_drawn_anew(client, badge, owner):
    drawing = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9" onload="alert(1)"><path d="M0 0h9v9z"/></svg>'

    save(client, badge.issuer, logo_upload=SimpleUploadedFile("logo.svg", drawing.encode()))

    badge.issuer.refresh_from_db()
    assert (badge.issuer.logo.width, badge.issuer.logo.has_svg, bytes(badge.issuer.logo.svg)) == (600, False, b"")


def test_owner_uploads_a_logo_and_what_was_issued_keeps_the_old_one(client, badge, owner):
    issuance = issue(badge)

    save(client, badge.issuer, logo_upload=SimpleUploadedFile("logo.png", make_png(size=(600, 300))))

    badge.issuer.refresh_from_db()
    issuance.refresh_from_db()
    assert (badge.issuer.logo.width, issuance.current_version.issuer_logo) == (600, None)


@pytest.mark.parametrize(
    ("changed", "errors"),
    [
        ({"time_zone": "Mars"}, {"time_zone": ["There is no time zone “Mars”. Use one like Europe/Brussels."]}),
        (
            {"reminder_days": "soon"},
            {"reminder_days": ["Give whole numbers with commas between them, such as 30, 60, 90, 120."]},
        ),
        ({"reminder_days": "60, 30"}, {"reminder_days": ["Give each day once, smallest first."]}),
        ({"email": "nobody"}, {"email": ["This e-mail address has no @."]}),
        (
            {"linkedin_organization_id": "northgate"},
            {"linkedin_organization_id": ["The number only, from your LinkedIn page's address."]},
        ),
    ],
)
def test_wrong_field_is_named_and_nothing_changes(client, issuer, owner, changed, errors):
    page = save(client, issuer, name="Another", **changed)

    assert {name: list(said) for name, said in page.context["form"].errors.items()} == errors
    assert Issuer.objects.get().name == issuer.name


def test_owner_adds_somebody_without_an_account(client, issuer, owner):
    client.post(
        reverse("admin:issuers_staffmember_add"),
        {"issuer": str(issuer.pk), "email": "New@Northgate.example", "role": "manager"},
    )

    user = User.objects.get(email="new@northgate.example")
    assert (StaffMember.objects.get(user=user).role, user.is_staff, user.has_usable_password()) == (
        StaffRole.MANAGER,
        True,
        False,
    )


def test_owner_cannot_add_staff_to_another_organisation(client, issuer, owner):
    other = make_issuer()

    page = client.post(
        reverse("admin:issuers_staffmember_add"), {"issuer": str(other.pk), "email": "x@y.example", "role": "owner"}
    )

    assert list(page.context["form"].errors) == ["issuer"]
    assert not User.objects.filter(email="x@y.example").exists()


# --- roles and leaving ---------------------------------------------------------------------------


def test_owner_changes_a_role_and_removes_somebody(client, issuer):
    owner = issuer.staff_members.get(role="owner").user
    member = make_staff(issuer, role="manager").staff_memberships.get()
    client.force_login(owner)

    client.post(f"/admin/issuers/staffmember/{member.pk}/change/", {"role": "viewer"})
    member.refresh_from_db()
    role = member.role
    client.post(f"/admin/issuers/staffmember/{member.pk}/remove/", {"reason": "Left us"})

    member.user.refresh_from_db()
    assert (role, issuer.staff_members.count(), member.user.is_staff) == ("viewer", 1, False)
    trail = AuditEvent.objects.filter(object_id=member.pk).order_by("id")
    assert [(event.verb, event.reason) for event in trail] == [
        ("staff role given", ""),
        ("staff role changed", ""),
        ("staff removed", "Left us"),
    ]


@pytest.mark.parametrize("what", ["change", "remove", "add"])
def test_the_last_owner_stays(client, issuer, what):
    owner = issuer.staff_members.get(role="owner")
    client.force_login(owner.user)
    address = "/admin/issuers/staffmember/add/" if what == "add" else f"/admin/issuers/staffmember/{owner.pk}/{what}/"

    page = client.post(
        address, {"role": "viewer", "reason": "x", "issuer": issuer.pk, "email": owner.user.email}, follow=True
    )

    assert "would be without an owner" in page.content.decode()
    assert issuer.staff_members.get().role == "owner"


def test_a_second_person_cannot_be_asked_for_where_there_is_none(client, issuer):
    owner = issuer.staff_members.get(role="owner").user
    issuer.corrections_need_approval = True

    with pytest.raises(NobodyToAgreeError):
        update_issuer(issuer, by=owner, changed=["corrections_need_approval"])
