"""My Profile: its sections, what may stand in them, the photo, and whose clock tells the time."""

import io
from datetime import UTC, datetime

import pytest
from allauth.account.models import EmailAddress
from django.urls import reverse
from django.utils import timezone, translation
from PIL import Image

from badgecert.accounts.models import User
from badgecert.core.dates import written_instant
from badgecert.core.models import AuditEvent
from badges.actions.issuances import correct_issuance
from badges.disclosure import can_see
from earners.models import Photo, Profile
from notifications.actions.outbox import queue_password_mail
from notifications.messages import masked_mail
from notifications.models import Message
from tests.factories import make_user

PROFILE = "/profile/"
ARABIC = "عبد الرحمن بن أبي بكر السيوطي"


def words(page):
    return " ".join(page.content.decode().split())


def save(client, section, **typed):
    return client.post(reverse("earners:save_profile_section", args=[section]), typed)


def photo(size=(800, 600), kind="JPEG", **options):
    out = io.BytesIO()
    Image.effect_noise(size, 60).convert("RGB").save(out, kind, **options)
    return out.getvalue()


@pytest.fixture
def ana(client, earner):
    client.force_login(earner)
    return client


# --- the page ------------------------------------------------------------------------------------


def test_profile_sends_strangers_to_the_login(client, db):
    assert client.get(PROFILE).url.startswith(reverse("account_login"))


def test_profile_shows_name_addresses_and_the_ways_on(ana, earner, issuance):
    EmailAddress.objects.create(user=earner, email="ana@work.example")
    Profile.objects.create(user=earner, display_name="Ana")

    page = ana.get(PROFILE)

    assert page.context["says"]["display_name"] == "Ana"
    assert [(entry.email, entry.verified) for entry in page.context["addresses"]] == [
        ("ana@example.org", True),
        ("ana@work.example", False),
    ]
    for name, args in (
        ("change_password", []),
        ("notifications:mail_preferences", []),
        ("earners:choose_request", [issuance.pk]),
    ):
        assert f'href="{reverse(name, args=args)}"' in words(page)
    assert "Changing it changes no badge: the name there comes from its issuer." in words(page)


@pytest.mark.parametrize("section", ["name", "photo", "work", "about", "links", "language"])
def test_pencil_opens_the_form_of_its_section_and_no_other(ana, section):
    page = ana.get(PROFILE, {"edit": section})

    text = words(page)
    assert text.count('class="form"') == 1
    assert f'action="/profile/edit/{section}/"' in text
    assert f"?edit={section}#{section}" not in text


@pytest.mark.parametrize("section", ["", "password", "<b>"])
def test_profile_with_no_such_section_is_the_plain_page(ana, section):
    page = ana.get(PROFILE, {"edit": section})

    assert (page.status_code, 'class="form"' in words(page)) == (200, False)


def test_section_that_is_none_answers_404(ana):
    assert save(ana, "password").status_code == 404


def test_profile_before_the_welcome_begins_with_the_name_on_the_newest_badge(ana, issuance):
    assert ana.get(PROFILE).context["says"]["display_name"] == "Amara Okafor-Lindqvist"


def test_profile_of_staff_without_badges_begins_with_their_name(client, staff):
    staff.name = "Marie Peeters"
    staff.save()
    client.force_login(staff)

    assert client.get(PROFILE).context["says"]["display_name"] == "Marie Peeters"


def test_the_top_of_every_page_calls_people_by_their_display_name(ana, earner):
    Profile.objects.create(user=earner, display_name="Ana Søndergård")

    assert '<span class="site-nav-name wide"><bdi>Ana Søndergård</bdi></span>' in words(ana.get(PROFILE))


# --- saving --------------------------------------------------------------------------------------


def test_new_name_is_kept_and_no_badge_changes(ana, issuance, earner, staff):
    correct_issuance(issuance, by=staff, reason="typing slip", recipient_name="Ana Okafor")

    answer = save(ana, "name", display_name="Kate")

    assert answer.url == "/profile/#name"
    assert "Your profile is saved." in words(ana.get(PROFILE))
    assert str(Profile.objects.get(user=earner)) == "Kate"
    assert can_see(issuance.code).holder == "Ana Okafor"


def test_one_section_leaves_the_others_alone(ana, earner):
    save(ana, "about", about="First line\r\n\r\nSecond")
    save(ana, "work", employer="株式会社サンプル", job_title="R&D <Lead>", place="")

    mine = Profile.objects.get(user=earner)
    assert (mine.about, mine.employer, mine.job_title) == ("First line\n\nSecond", "株式会社サンプル", "R&D <Lead>")
    assert mine.display_name == "ana@example.org"
    assert "R&amp;D &lt;Lead&gt;" in words(ana.get(PROFILE))


def test_section_saved_before_the_welcome_leaves_the_welcome_to_come(ana, issuance):
    save(ana, "name", display_name="Kate")

    assert ana.get("/portfolio/").url == "/welcome/"


def test_fields_of_other_tables_are_ignored(ana, earner):
    save(ana, "work", employer="Acme", is_staff="1", is_superuser="1", display_name="Boss", user="x", locked_at="")

    earner.refresh_from_db()
    assert (earner.is_staff, earner.is_superuser, Profile.objects.get().display_name) == (
        False,
        False,
        "ana@example.org",
    )


def test_saving_stands_in_the_trail_without_the_words(ana, earner):
    save(ana, "work", employer="Secret Employer")

    event = AuditEvent.objects.get(verb="profile saved")
    assert (event.by, event.details) == (earner, {"fields": ["employer", "job_title", "place"]})


@pytest.mark.parametrize(
    ("section", "field", "typed", "kept"),
    [
        ("name", "display_name", ARABIC, ARABIC),
        ("name", "display_name", "  Ana  ", "Ana"),
        ("name", "display_name", "X", "X"),
        ("name", "display_name", "q" * 200, "q" * 200),
        ("name", "display_name", "Zoe\u0301", "Zoé"),
        # The joiner is part of how Persian is written.
        ("name", "display_name", "می\u200cخواهم", "می\u200cخواهم"),
        ("work", "employer", 'Smith & <Sons> "Ltd"', 'Smith & <Sons> "Ltd"'),
        ("about", "about", "👩🏽‍⚕️ since 2011", "👩🏽‍⚕️ since 2011"),
        ("about", "about", "{{ settings.SECRET_KEY }}", "{{ settings.SECRET_KEY }}"),
        ("links", "links", "example.org/me", ["https://example.org/me"]),
        (
            "links",
            "links",
            "http://example.org\n\n https://a.example/?q=1 ",
            ["http://example.org", "https://a.example/?q=1"],
        ),
        ("links", "links", "a.example\na.example", ["https://a.example"]),
    ],
)
def test_what_is_fine_is_kept(ana, earner, section, field, typed, kept):
    answer = save(ana, section, **{field: typed})

    assert (answer.status_code, getattr(Profile.objects.get(user=earner), field)) == (302, kept)


@pytest.mark.parametrize(
    ("section", "field", "typed", "sentence"),
    [
        ("name", "display_name", " ", "This field is required."),
        ("name", "display_name", "\u200b\u200d", "Enter a name with at least one letter."),
        ("name", "display_name", "\u202eanA", "Remove the invisible control characters or line breaks."),
        ("name", "display_name", "Ana\u2066Ben", "Remove the invisible control characters or line breaks."),
        ("name", "display_name", "see www.example.org", "A name cannot hold a web address."),
        ("name", "display_name", "x" * 201, "Ensure this value has at most 200 characters (it has 201)."),
        ("work", "job_title", "x" * 10_000, "Ensure this value has at most 200 characters (it has 10000)."),
        ("work", "job_title", "Lead\u2028Nurse", "Remove the invisible control characters or line breaks."),
        ("work", "employer", "Acme\rBcc: x", "Remove the invisible control characters or line breaks."),
        ("about", "about", "x" * 1001, "Ensure this value has at most 1000 characters (it has 1001)."),
        ("about", "about", "a\u202eb", "Remove the invisible control characters."),
        ("about", "about", "a\x00b", "Null characters are not allowed."),
        (
            "links",
            "links",
            "javascript:alert(1)",
            "“javascript:alert(1)” is no web address. Write it like https://example.org/me.",
        ),
        (
            "links",
            "links",
            "data:text/html,x",
            "“data:text/html,x” is no web address. Write it like https://example.org/me.",
        ),
        (
            "links",
            "links",
            "ftp://a.example",
            "“ftp://a.example” is no web address. Write it like https://example.org/me.",
        ),
        (
            "links",
            "links",
            "http://127.0.0.1/x",
            "“http://127.0.0.1/x” is no web address. Write it like https://example.org/me.",
        ),
        ("links", "links", "http://[::1]/", "“http://[::1]/” is no web address. Write it like https://example.org/me."),
        (
            "links",
            "links",
            "http://localhost",
            "“http://localhost” is no web address. Write it like https://example.org/me.",
        ),
        (
            "links",
            "links",
            "https://me:pw@a.example/",
            "“https://me:pw@a.example/” is no web address. Write it like https://example.org/me.",
        ),
        ("links", "links", "my page", "“my page” is no web address. Write it like https://example.org/me."),
        ("links", "links", "\n".join(f"a{n}.example" for n in range(6)), "Give at most 5 links."),
        (
            "language",
            "time_zone",
            "Mars/Phobos",
            "Select a valid choice. Mars/Phobos is not one of the available choices.",
        ),
        ("language", "language", "tlh", "Select a valid choice. tlh is not one of the available choices."),
    ],
)
def test_what_is_wrong_is_said_beside_its_field_and_nothing_is_kept(ana, section, field, typed, sentence):
    page = save(ana, section, **{"language": "en-gb", field: typed})

    assert (page.status_code, page.context["form"].errors[field]) == (400, [sentence])
    assert Profile.objects.count() == 0
    assert 'aria-invalid="true"' in words(page)


# --- photo ---------------------------------------------------------------------------------------


def upload(client, content, name="me.jpg"):
    file = io.BytesIO(content)
    file.name = name
    return save(client, "photo", photo=file)


def test_photo_is_made_anew_square_and_without_what_the_camera_wrote(ana, earner):
    exif = Image.Exif()
    exif[0x010F] = "Spy Camera"
    exif.get_ifd(0x8825)[1] = "N"
    content = photo(exif=exif, comment=b"taken at home")

    answer = upload(ana, content)
    shown = ana.get(reverse("earners:photo"))

    kept = Image.open(io.BytesIO(shown.content))
    assert answer.url == "/profile/#photo"
    assert (kept.format, kept.size, dict(kept.getexif())) == ("WEBP", (400, 400), {})
    assert (b"Spy" in shown.content, b"home" in shown.content) == (False, False)
    assert (shown["Content-Type"], shown["Cache-Control"]) == ("image/webp", "private, no-store")
    assert reverse("earners:photo") in words(ana.get(PROFILE))


def test_photo_stands_upright_as_the_camera_was_held(ana, earner):
    image = Image.new("RGB", (800, 800), "white")
    image.paste("black", (0, 0, 800, 400))
    out = io.BytesIO()
    exif = Image.Exif()
    exif[0x0112] = 3
    image.save(out, "JPEG", exif=exif)

    upload(ana, out.getvalue())

    kept = Image.open(io.BytesIO(bytes(Photo.objects.get().webp))).convert("L")
    assert (kept.getpixel((200, 20)) > 200, kept.getpixel((200, 380)) < 50) == (True, True)


def test_photo_of_a_telephone_fits(ana):
    out = io.BytesIO()
    Image.linear_gradient("L").resize((6000, 4500)).convert("RGB").save(out, "JPEG")

    answer = upload(ana, out.getvalue())

    assert (answer.status_code, Photo.objects.count()) == (302, 1)


def test_new_photo_takes_the_place_of_the_old_one_which_is_gone(ana, earner):
    upload(ana, photo())
    first = Photo.objects.get()

    upload(ana, photo())

    assert Photo.objects.get().pk != first.pk


def test_photo_can_be_taken_away(ana):
    upload(ana, photo())

    page = ana.post(reverse("earners:photo"), follow=True)

    assert "Your photo is gone." in words(page)
    assert (Photo.objects.count(), ana.get(reverse("earners:photo")).status_code) == (0, 404)


def test_photo_of_somebody_else_is_never_shown(ana, stranger):
    Photo.objects.create(profile=Profile.objects.create(user=stranger, display_name="S"), webp=b"theirs")

    assert ana.get(reverse("earners:photo")).status_code == 404
    ana.post(reverse("earners:photo"))
    assert Photo.objects.count() == 1


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "This file is not a PNG or JPEG picture, or it is damaged."),
        (b"GIF89a" + b"\0" * 50, "This file is not a PNG or JPEG picture, or it is damaged."),
        (b"\x89PNG\r\n\x1a\n", "This file is not a PNG or JPEG picture, or it is damaged."),
        (b"<script>alert(1)</script>", "This file is not a PNG or JPEG picture, or it is damaged."),
        (photo()[:2000], "This file is not a PNG or JPEG picture, or it is damaged."),
        (photo((100, 100)), "The picture is 100 by 100 pixels. It would look blurred"),
        (photo((5000, 300), "PNG"), "The picture is 5000 by 300 pixels; at most 4096 fit on a side."),
        (b"\xff\xd8" + b"\0" * 10_000_000, "The picture has 10.0 MB; at most 10 MB fit. Save it smaller."),
    ],
    ids=["svg", "gif", "cut", "html", "half", "small", "wide", "heavy"],
)
def test_photo_that_is_none_is_refused_with_a_way_on(ana, content, sentence):
    page = upload(ana, content)

    assert page.status_code == 400
    assert sentence in page.context["form"].errors["photo"][0]
    assert Photo.objects.count() == 0


def test_bomb_is_refused_by_its_header(ana):
    """A PNG of 30,000 by 30,000 pixels says so in 33 bytes; decoded it would take 3.6 GB."""
    bomb = bytearray(photo((300, 300), "PNG"))
    bomb[16:24] = (30_000).to_bytes(4, "big") * 2

    page = upload(ana, bytes(bomb), name="bomb.png")

    assert page.status_code == 400
    assert Photo.objects.count() == 0


# --- language and time ---------------------------------------------------------------------------


def test_time_zone_tells_the_time_on_private_pages_and_in_mail(ana, earner, issuance):
    save(ana, "language", language="en-gb", time_zone="Asia/Kolkata")

    earner.refresh_from_db()
    queue_password_mail(earner, address=earner.email)
    mail = masked_mail(Message.objects.select_related("user").get(kind="password"))
    assert "<dd>English</dd></div> <div><dt>Time zone</dt><dd>Asia/Kolkata</dd>" in words(ana.get(PROFILE))
    assert " IST" in mail.text
    assert " UTC" not in mail.text


def test_zone_of_one_reader_is_not_the_next_ones(ana, earner):
    User.objects.filter(pk=earner.pk).update(time_zone="Asia/Kolkata")

    ana.get(PROFILE)

    assert timezone.get_current_timezone_name() == "UTC"


def test_language_of_the_account_speaks_on_its_pages_whatever_the_browser_asks(ana, earner, settings):
    settings.LANGUAGES = [("en-gb", "English"), ("de", "Deutsch")]
    User.objects.filter(pk=earner.pk).update(language="de")

    with translation.override("en-gb"):
        assert '<html lang="de"' in words(ana.get(PROFILE, headers={"accept-language": "en-gb"}))
    assert '<html lang="en-gb"' in words(ana.get("/verify/", headers={"accept-language": "en-gb"}))


def test_written_instant_names_zones_without_a_name_by_their_distance():
    moment = datetime(2026, 11, 22, 14, 32, tzinfo=UTC)

    with timezone.override("America/Sao_Paulo"):
        assert written_instant(moment, "j M Y, H:i") == "22 Nov 2026, 11:32 UTC-03"
    with timezone.override("Europe/Brussels"):
        assert written_instant(moment, "j M Y, H:i") == "22 Nov 2026, 15:32 CET"


def test_nothing_of_a_profile_is_anybody_elses(client, earner, ana):
    save(ana, "about", about="Only mine")
    other = make_user()
    client.force_login(other)

    assert "Only mine" not in words(client.get(PROFILE))
