from base64 import b64decode

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart
from django.urls import reverse

from badgecert.core.models import Picture
from badges.models import Badge, BadgeState, ExpiryRule
from issuers.models import StaffRole
from tests.factories import issue, make_issuer, make_picture, make_png, make_published_badge, make_staff

PLAIN = {
    "name": "Clinical Mentor",
    "description": "Guides newcomers on the ward.",
    "achievement_type": "Badge",
    "criteria_to_earn": "1. Mentor two newcomers\n2. Be assessed",
    "criteria_to_maintain": "Mentor one person a year.",
    "skills": "Mentoring https://esco.example/skill/1\n\nFeedback\nFeedback",
    "picture_source": "draw",
    "shape": "hexagon",
    "palette": "teal",
    "icon": "sprout",
    "top_text": "Clinical mentor",
    "bottom_text": "",
    "ribbon": "2026",
    "level": "2",
    "expiry_rule": "never",
    "default_visibility": "link",
    "invites_earners": "on",
}


@pytest.fixture
def designer(client, issuer):
    designer = make_staff(issuer, role=StaffRole.DESIGNER)
    client.force_login(designer)
    return designer


def make(client, issuer, **typed):
    return client.post(reverse("admin:badges_badge_add"), {"issuer": str(issuer.pk), **PLAIN, **typed})


def errors_of(page):
    return {name: list(errors) for name, errors in page.context["form"].errors.items()}


def test_badge_is_made_as_a_draft_with_a_drawn_picture(client, issuer, designer):
    made = make(client, issuer)

    badge = Badge.objects.get()
    said = badge.current_version
    assert made.url == reverse("admin:badges_badge_change", args=[badge.pk])
    assert (badge.issuer, badge.slug, badge.state) == (issuer, "clinical-mentor", BadgeState.DRAFT)
    assert (said.name, said.made_by) == ("Clinical Mentor", designer)
    assert said.skills == [
        {"name": "Mentoring", "url": "https://esco.example/skill/1"},
        {"name": "Feedback", "url": ""},
    ]
    assert said.criteria_to_maintain == "Mentor one person a year."
    assert (said.picture.has_svg, said.has_certificate) == (True, False)
    assert (badge.invites_earners, badge.has_linkedin_button) == (True, False)


def test_badge_offers_paper_where_somebody_said_so(client, issuer, designer):
    make(client, issuer)
    badge = Badge.objects.get()
    at_first = badge.offers_paper

    client.post(
        reverse("admin:badges_badge_change", args=[badge.pk]), {**PLAIN, "picture_source": "keep", "offers_paper": "on"}
    )

    badge.refresh_from_db()
    assert (at_first, badge.offers_paper) == (False, True)


def test_badge_keeps_certificate_and_expiry_rule(client, issuer, designer):
    make(
        client,
        issuer,
        has_certificate="on",
        heading="Diploma",
        signatory_1_name="Ilse Vandamme",
        signatory_1_title="Chair",
        expiry_rule="period",
        expiry_months="24",
    )

    badge = Badge.objects.get()
    said = badge.current_version
    assert (badge.expiry_rule, badge.expiry_months, badge.expiry_on) == (ExpiryRule.PERIOD, 24, None)
    assert (said.certificate_design, said.certificate_wording) == ("engraved", {"heading": "Diploma"})
    assert said.signatories == [{"name": "Ilse Vandamme", "title": "Chair"}]


def test_second_badge_of_a_name_gets_an_address_of_its_own(client, issuer, designer):
    make(client, issuer)
    make(client, issuer)

    assert sorted(Badge.objects.values_list("slug", flat=True)) == ["clinical-mentor", "clinical-mentor-2"]


def test_name_without_latin_letters_gets_an_address(client, issuer, designer):
    make(client, issuer, name="臨床指導者")

    assert Badge.objects.get().slug == "badge"


def test_uploaded_picture_is_made_anew(client, issuer, designer):
    make(client, issuer, picture_source="upload", upload=SimpleUploadedFile("徽章 (1).PNG", make_png()))

    picture = Badge.objects.get().current_version.picture
    assert (picture.width, picture.height, picture.has_svg) == (600, 600, False)


PICTURES = {
    "I13 empty": (b"", "The submitted file is empty."),
    "I14 signature only": (
        b"\x89PNG\r\n\x1a\n",
        "This file is not a PNG or JPEG picture, or it is damaged. Save it again as PNG.",
    ),
    "I15 truncated": (
        make_png()[:400],
        "This file is not a PNG or JPEG picture, or it is damaged. Save it again as PNG.",
    ),
    "I17 too small": (
        make_png(size=(100, 100)),
        "The picture is 100 by 100 pixels. It would look blurred: use at least 200, better 600.",
    ),
    "I18 not square": (
        make_png(size=(600, 300)),
        "The picture is 600 by 300 pixels. Use a square one, 600 by 600 or larger.",
    ),
    "I43 pdf": (b"%PDF-1.7", "This file is not a PNG or JPEG picture, or it is damaged. Save it again as PNG."),
    "I45 html": (
        b"<!doctype html>",
        "This SVG carries a DOCTYPE. Save it as “Plain SVG”, or as PNG, 600 by 600 or larger.",
    ),
    "I46 svg": (
        b'<?xml version="1.0"?><svg/>',
        "This is not an SVG drawing that we can read. Save it as plain SVG with a viewBox, or as PNG.",
    ),
    "I69 too many bytes": (b"\x89PNG" + b"x" * 2_100_000, "The picture has 2.1 MB; at most 2 MB fit. Save it smaller."),
}


@pytest.mark.parametrize("case", PICTURES)
def test_broken_picture_is_refused_with_a_sentence(client, issuer, designer, case):
    content, sentence = PICTURES[case]

    page = make(client, issuer, picture_source="upload", upload=SimpleUploadedFile("badge.png", content))

    assert errors_of(page) == {"upload": [sentence]}
    assert not Badge.objects.exists()


@pytest.mark.parametrize(
    ("typed", "errors"),
    [
        ({"name": ""}, {"name": ["This field is required."]}),
        ({"picture_source": "upload"}, {"upload": ["Choose a picture file, or let it be drawn."]}),
        ({"expiry_rule": "period"}, {"expiry_months": ["Say after how many months it expires."]}),
        ({"expiry_rule": "fixed"}, {"expiry_on": ["Choose the last day on which it is valid."]}),
        ({"reply_to": "nobody"}, {"reply_to": ["This e-mail address has no @."]}),
        (
            {"ribbon": "2026", "bottom_text": "Northgate"},
            {"top_text": ["The ribbon takes the place of the text below. Leave one of them empty."]},
        ),
        (
            {"has_certificate": "on", "signatory_2_title": "Chair"},
            {"signatory_2_name": ["Enter the name that goes with this title."]},
        ),
        (
            {"has_certificate": "on", "name": "Mentor \U00013080"},
            {"name": ["The certificate has no letters for \U00013080. Leave them out."]},
        ),
    ],
)
def test_wrong_field_is_named_and_nothing_is_kept(client, issuer, designer, typed, errors):
    page = make(client, issuer, **typed)

    assert errors_of(page) == errors
    assert not Badge.objects.exists()


def test_change_makes_a_new_version_and_leaves_what_was_issued(client, issuer, designer):
    badge = make_published_badge(issuer)
    issuance = issue(badge)

    client.post(
        reverse("admin:badges_badge_change", args=[badge.pk]), {**PLAIN, "picture_source": "keep", "name": "New name"}
    )

    badge.refresh_from_db()
    issuance.refresh_from_db()
    assert (badge.current_version.name, badge.current_version.number) == ("New name", 2)
    assert badge.current_version.picture_id == issuance.current_version.badge_version.picture_id
    assert issuance.current_version.badge_version.name == "Infection Control Practitioner"


def test_form_of_a_badge_shows_what_it_says(client, issuer, designer):
    badge = make_published_badge(
        issuer,
        content={
            "skills": [{"name": "One", "url": "https://a.example/1"}, {"name": "Two", "url": ""}],
            "signatories": [{"name": "A", "title": "B"}],
        },
        expiry_rule=ExpiryRule.PERIOD,
        expiry_months=12,
    )

    form = client.get(reverse("admin:badges_badge_change", args=[badge.pk])).context["form"]

    shown = {name: form[name].value() for name in ("skills", "expiry_months", "signatory_1_name", "picture_source")}
    assert shown == {
        "skills": "One https://a.example/1\nTwo",
        "expiry_months": 12,
        "signatory_1_name": "A",
        "picture_source": "keep",
    }


def test_choices_of_a_drawn_picture_are_remembered(client, issuer, designer):
    make(client, issuer, palette="own", art_colour="#5b1f55", accent="sky")
    badge = Badge.objects.get()
    address = reverse("admin:badges_badge_change", args=[badge.pk])

    form = client.get(address).context["form"]
    typed = {name: form[name].value() for name in ("shape", "palette", "art_colour", "accent", "icon", "top_text")}
    preview = client.get(f"{reverse('admin:preview_art')}?{form.art_query}").context["picture"]
    client.post(address, {**PLAIN, **typed, "ribbon": "2027"})

    assert typed == {
        "shape": "hexagon",
        "palette": "own",
        "art_colour": "#5b1f55",
        "accent": "sky",
        "icon": "sprout",
        "top_text": "CLINICAL MENTOR",
    }
    assert b64decode(preview.partition(",")[2]) == bytes(badge.current_version.picture.svg)
    badge.refresh_from_db()
    assert (badge.current_version.number, badge.current_version.art["ribbon"]) == (2, "2027")
    assert badge.current_version.art["shape"] == "hexagon"


def test_choices_go_with_the_picture_they_made(client, issuer, designer):
    make(client, issuer)
    badge = Badge.objects.get()
    address = reverse("admin:badges_badge_change", args=[badge.pk])

    client.post(address, {**PLAIN, "picture_source": "keep", "shape": "shield", "name": "New name"})
    kept = Badge.objects.get().current_version
    client.post(address, {**PLAIN, "picture_source": "upload", "upload": SimpleUploadedFile("badge.png", make_png())})
    uploaded = Badge.objects.get().current_version

    assert (kept.name, kept.art["shape"]) == ("New name", "hexagon")
    assert (uploaded.number, uploaded.art) == (3, {})


def test_set_begins_with_shape_and_colours_of_its_first_badge(client, issuer, designer):
    make(client, issuer)
    first = Badge.objects.get()
    page = client.get(reverse("admin:badges_badge_change", args=[first.pk]))
    address = f"{reverse('admin:badges_badge_add')}?like={first.pk}"

    form = client.get(address).context["form"]
    drawn = {name: form[name].value() for name in ("shape", "palette", "icon", "ribbon", "level")}
    typed = {**PLAIN, **drawn, "issuer": str(issuer.pk), "name": "Clinical Mentor 3", "level": "3"}
    client.post(address, typed)

    assert address in page.content.decode()
    assert drawn == {"shape": "hexagon", "palette": "teal", "icon": "sprout", "ribbon": "2026", "level": 2}
    second = Badge.objects.exclude(pk=first.pk).get()
    assert (second.state, second.current_version.name) == (BadgeState.DRAFT, "Clinical Mentor 3")
    assert second.current_version.art == {**first.current_version.art, "level": 3}
    assert second.current_version.picture_id != first.current_version.picture_id


@pytest.mark.parametrize("whose", ["another's", "nobody's", "no badge"])
def test_set_of_a_badge_that_is_not_ones_own_is_not_found(client, issuer, designer, whose):
    badges = {"another's": make_published_badge(make_issuer()).pk, "nobody's": issuer.pk, "no badge": "first"}

    page = client.get(reverse("admin:badges_badge_add"), {"like": badges[whose]})

    assert page.status_code == 404


def test_i72_pictures_in_quick_succession_are_refused_until_the_next_minute(client, issuer, designer, settings):
    settings.PICTURES_PER_MINUTE = 1
    make(client, issuer)

    page = make(client, issuer)

    assert page.status_code == 429
    assert errors_of(page) == {
        "__all__": ["Too many pictures within a minute: the limit is 1. Wait a minute, then save again."]
    }
    assert Badge.objects.count() == 1


def test_i73_organisation_with_as_many_pictures_as_fit_keeps_those_it_has(client, issuer, designer, settings):
    settings.PICTURES_PER_ISSUER = 1
    make(client, issuer)
    badge = Badge.objects.get()

    page = make(client, issuer, ribbon="2027")
    client.post(
        reverse("admin:badges_badge_change", args=[badge.pk]), {**PLAIN, "picture_source": "keep", "name": "New name"}
    )

    assert errors_of(page) == {
        "__all__": [
            "No room for another picture: the limit of an organisation is 1. Keep the one this badge has, or ask whoever "
            "runs this site for more room."
        ]
    }
    assert Badge.objects.get().current_version.name == "New name"


def test_i70_of_two_files_under_one_name_one_is_read(client, issuer, designer):
    two = [SimpleUploadedFile("a.png", make_png("#ffffff")), SimpleUploadedFile("b.png", make_png("#c8963e"))]

    make(client, issuer, picture_source="upload", upload=two)

    assert Badge.objects.get().current_version.picture == make_picture("#c8963e")
    assert Picture.objects.count() == 1


def test_i71_request_that_was_cut_half_way_keeps_nothing(client, issuer, designer):
    typed = {"issuer": str(issuer.pk), **PLAIN, "picture_source": "upload"}
    upload = SimpleUploadedFile("badge.png", make_png())
    whole = encode_multipart(BOUNDARY, {**typed, "upload": upload})

    page = client.generic(
        "POST", reverse("admin:badges_badge_add"), whole[: len(whole) - 500], content_type=MULTIPART_CONTENT
    )

    assert page.status_code == 200
    assert page.context["form"].errors
    assert not Badge.objects.exists()
    assert not Picture.objects.exists()


def test_i74_picture_for_another_organisations_badge_finds_none(client, designer):
    badge = make_published_badge(make_issuer())
    upload = SimpleUploadedFile("badge.png", make_png("#c8963e"))

    page = client.post(
        reverse("admin:badges_badge_change", args=[badge.pk]), {**PLAIN, "picture_source": "upload", "upload": upload}
    )

    assert page.status_code == 404
    assert Picture.objects.count() == 1


def test_i75_picture_without_the_right_to_design_is_forbidden(client, issuer):
    badge = make_published_badge(issuer)
    client.force_login(make_staff(issuer, role=StaffRole.VIEWER))
    upload = SimpleUploadedFile("badge.png", make_png("#c8963e"))

    page = client.post(
        reverse("admin:badges_badge_change", args=[badge.pk]), {**PLAIN, "picture_source": "upload", "upload": upload}
    )

    assert page.status_code == 403
    assert Picture.objects.count() == 1


NAMES = {
    "I11": "徽章 (1).PNG",
    "I100": "badge.php.png",
    "I104": "../../../../tmp/x.png",
    "I105": "a\0b\r\nX-Evil: 1\"'.png",
    "I106": "\u202egnp.x" + "x" * 200 + ".png",
    "I107 device": "con.png",
    "I107 dot": ".htaccess",
    "I107 dash": "-rf.png",
}


@pytest.mark.parametrize("case", NAMES)
def test_name_of_a_picture_file_means_nothing(client, issuer, designer, case):
    upload = SimpleUploadedFile("badge.png", make_png())
    # Django's own would clean it; this is what a program sends.
    upload._name = NAMES[case]

    made = make(client, issuer, picture_source="upload", upload=upload)

    badge = Badge.objects.get()
    assert made.url == reverse("admin:badges_badge_change", args=[badge.pk])
    assert badge.current_version.picture == make_picture()


def test_i106_name_of_five_thousand_letters_is_no_request(client, issuer, designer):
    upload = SimpleUploadedFile("badge.png", make_png())
    upload._name = "x" * 5_000 + ".png"

    page = make(client, issuer, picture_source="upload", upload=upload)

    assert page.status_code == 400
    assert not Picture.objects.exists()


def test_badge_is_published_and_retired(client, issuer, designer):
    make(client, issuer)
    badge = Badge.objects.get()

    client.post(reverse("admin:publish_badge", args=[badge.pk]))
    assert Badge.objects.get().state == BadgeState.PUBLISHED

    client.post(reverse("admin:retire_badge", args=[badge.pk]))
    assert Badge.objects.get().state == BadgeState.RETIRED


def test_publishing_twice_says_so(client, issuer, designer):
    badge = make_published_badge(issuer)

    page = client.post(reverse("admin:publish_badge", args=[badge.pk]), follow=True)

    assert [str(message) for message in page.context["messages"]] == ["This badge is published already."]


def test_badge_for_another_organisation_cannot_be_made(client, issuer, designer):
    other = make_issuer()

    page = make(client, other)

    assert list(errors_of(page)) == ["issuer"]


def test_list_counts_what_was_issued(client, issuer, designer):
    badge = make_published_badge(issuer)
    issue(badge)
    issue(badge)

    rows = client.get(reverse("admin:badges_badge_changelist")).context["cl"].result_list

    assert [(row, row.issued) for row in rows] == [(badge, 2)]
