import re
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from django import forms
from django.core.paginator import Paginator
from django.template import Context, Template, TemplateSyntaxError
from django.test import RequestFactory

from badgecert.core.exceptions import ComponentError
from badgecert.core.icons import icon_names
from badgecert.core.written import is_beyond_latin


def render(source, **context):
    return " ".join(Template("{% load ui %}" + source).render(Context(context)).split())


class LogInForm(forms.Form):
    email = forms.EmailField(label="E-mail address", help_text="The one your issuer uses.")
    password = forms.CharField(label="Password", widget=forms.PasswordInput)
    note = forms.CharField(label="Note", required=False)
    agreed = forms.BooleanField(label="Remind me")
    seen_by = forms.ChoiceField(
        label="Who", choices=[("public", "Public"), ("me", "Only me")], widget=forms.RadioSelect
    )


# --- a wrong argument fails when the template loads


@pytest.mark.parametrize(
    "source",
    [
        '{% button text="Save" colour="red" %}',
        "{% button %}",
        '{% button "Save" %}',
        '{% card heading="Issuer" %}{% endcard %}',
        '{% plate tone="valid" %}{% endplate %}',
        '{% icon "check" size=3 %}',
    ],
)
def test_a_wrong_argument_fails_before_anything_renders(source):
    with pytest.raises(TemplateSyntaxError):
        Template("{% load ui %}" + source)


@pytest.mark.parametrize(
    "source",
    [
        '{% icon "unicorn" %}',
        '{% button text="Save" kind="huge" %}',
        '{% tag text="Active" tone="green" %}',
        '{% notice tone="brass" %}{% endnotice %}',
        '{% check outcome="fine" title="In date" %}{% endcheck %}',
        '{% plate tone="green" word="Valid" title="Ana" %}{% endplate %}',
    ],
)
def test_a_wrong_value_names_the_right_ones(source):
    with pytest.raises(ComponentError):
        render(source)


# --- icons


def test_icon_is_decoration():
    assert render('{% icon "check" %}') == (
        '<svg class="icon" aria-hidden="true"><use href="/static/img/icons.svg#check"/></svg>'
    )


def test_icon_with_a_label_is_an_image():
    assert render('{% icon "check" label="Passed" %}') == (
        '<svg class="icon" role="img" aria-label="Passed"><use href="/static/img/icons.svg#check"/></svg>'
    )


def test_every_icon_is_used(settings):
    sources = [
        path.read_text()
        for folder in ("templates", "badgecert", "issuers", "badges", "certificates", "earners", "notifications")
        for path in Path(settings.BASE_DIR, folder).rglob("*")
        if path.suffix in {".html", ".py"}
    ]

    unused = {name for name in icon_names() if not any(f'"{name}"' in source for source in sources)}

    # The brand draws this one itself.
    assert unused <= {"mark"}


# --- leaves


def test_button_is_a_link_or_a_submit_button():
    assert render('{% button text="Save" kind="main" %}') == (
        '<button class="button" data-kind="main" type="submit">Save</button>'
    )
    assert render('{% button text="Open" href="/p/" about="the badge" %}') == (
        '<a class="button" data-kind="line" href="/p/">Open<span class="visually-hidden"> the badge</span></a>'
    )


def test_button_escapes_what_people_typed():
    assert "&lt;b&gt;" in render("{% button text=title %}", title="<b>")


def test_tag_says_its_state_in_a_word_and_an_icon():
    html = render('{% tag text="Expired" tone="danger" %}')

    assert 'data-tone="danger"' in html
    assert "#circle-x" in html
    assert html.endswith("Expired</span>")


def test_steps_tell_where_one_is():
    html = render("{% steps labels=labels current=2 %}", labels=["File", "Preview", "Send"])

    assert re.findall(r"<li([^>]*)>", html) == [" data-done", ' aria-current="step"', ""]


def test_pagination_keeps_the_rest_of_the_query():
    request = RequestFactory().get("/?q=ana&page=2")

    html = render("{% pagination page=page %}", page=Paginator(range(60), 20).page(2), request=request)

    assert re.findall(r'href="([^"]*)"', html) == ["?q=ana&amp;page=1", "?q=ana&amp;page=3"]
    assert "21 to 40 of 60" in html


def test_pagination_of_a_single_page_is_nothing():
    request = RequestFactory().get("/")

    assert render("{% pagination page=page %}", page=Paginator(range(3), 20).page(1), request=request) == ""


def test_copy_field_is_readable_without_script():
    html = render('{% copy_field id="link" label="Badge link" value="https://badges.example.org/v/7KQ4" %}')

    assert '<label for="link">Badge link</label>' in html
    assert 'value="https://badges.example.org/v/7KQ4" dir="auto" readonly' in html
    assert re.search(r"<button[^>]* hidden>", html)


@pytest.mark.parametrize(
    ("name", "is_beyond"),
    [("Amara Okafor", False), ("Zoë Ñandú", False), ("Łukasz", True), ("李小龙", False), (None, False)],
)
def test_letters_of_the_second_font_file_are_known(name, is_beyond):
    assert is_beyond_latin(name) is is_beyond


# --- forms


def test_field_ties_help_and_error_to_its_control():
    form = LogInForm({"email": "ana at example"})

    html = render('{% field form.email autocomplete="username" %}', form=form)

    assert '<label for="id_email">E-mail address</label>' in html
    assert 'aria-describedby="id_email_helptext id_email_error"' in html
    assert 'aria-invalid="true"' in html
    assert 'autocomplete="username"' in html
    assert 'id="id_email_helptext">The one your issuer uses.<' in html
    assert re.search(r'id="id_email_error"><p class="field-error">.*Enter a valid email address\.', html)


def test_field_says_what_may_stay_empty():
    html = render("{% field form.note %}{% field form.email %}", form=LogInForm())

    assert html.count("(optional)") == 1
    assert 'Note <span class="field-optional">(optional)</span>' in html


def test_field_of_a_password_can_be_revealed():
    html = render("{% field form.password %}", form=LogInForm())

    assert 'data-reveals="id_password"' in html
    assert 'aria-label="Show password"' in html


def test_field_of_a_tick_box_puts_the_box_before_the_words():
    assert re.search(r"<input[^>]*>Remind me</label>", render("{% field form.agreed %}", form=LogInForm()))


def test_field_of_radio_buttons_is_a_group_with_a_name():
    html = render('{% field form.seen_by look="choices" %}', form=LogInForm())

    assert '<legend class="field-label">Who</legend>' in html
    assert '<div class="choices">' in html
    assert re.findall(r'<label for="(\w+)">', html) == ["id_seen_by_0", "id_seen_by_1"]


def test_field_of_radio_buttons_without_a_look_is_a_plain_list():
    html = render("{% field form.seen_by %}", form=LogInForm())

    assert "choices" not in html
    assert html.count('type="radio"') == 2


def test_form_errors_name_the_fields_and_link_to_them():
    form = LogInForm({"email": "", "password": "x", "agreed": "on", "seen_by": "me"})

    html = render("{% form_errors form %}", form=form)

    assert 'role="alert"' in html
    assert re.findall(r'<a href="([^"]+)">([^<]+)</a>', html) == [("#id_email", "E-mail address")]


def test_form_errors_of_a_right_form_are_nothing():
    assert render("{% form_errors form %}", form=LogInForm()) == ""


# --- things that wrap content


def test_card_has_a_heading():
    assert render('{% card title="Issuer" %}<p>Northgate</p>{% endcard %}') == (
        '<section class="card"><h2>Issuer</h2><p>Northgate</p></section>'
    )


def test_notice_escapes_what_people_typed():
    html = render("{% notice title=name %}<p>{{ name }}</p>{% endnotice %}", name="<script>")

    assert "<script>" not in html
    assert '<div class="notice-body"><p>&lt;script&gt;</p></div>' in html


def test_check_that_was_not_made_does_not_look_passed():
    html = render('{% check outcome="unchecked" title="Revocation" %}The list could not be read.{% endcheck %}')

    assert 'data-outcome="unchecked"' in html
    assert 'aria-label="Not checked"' in html
    assert "circle-check" not in html


def test_plate_is_heard_as_verdict_holder_badge_facts():
    html = render(
        '{% facts as its_facts %}{% fact label="Issued" %}14 March 2025{% endfact %}{% endfacts %}'
        '{% plate tone="valid" word="Valid" title="Amara Okafor-Lindqvist" facts=its_facts host="badges.example.org" %}'
        '<p class="plate-says">holds <b>Infection Control</b></p>{% endplate %}'
    )
    spoken = re.sub(r"<[^>]+>", "|", html)

    places = [
        spoken.index(words) for words in ("Valid", "Amara", "Infection Control", "14 March", "badges.example.org")
    ]
    assert places == sorted(places)


def test_plate_without_a_picture_shows_none():
    html = render('{% plate tone="calm" icon="lock" word="Private" title="Private" %}{% endplate %}')

    assert "<img" not in html
    assert "data-disc" not in html


def test_sheet_closes_without_script():
    html = render('{% sheet id="share" title="Share this badge" %}<p>Ways</p>{% endsheet %}')

    assert 'popovertarget="share" popovertargetaction="hide"' in html
    assert 'role="dialog" aria-labelledby="share-title"' in html


# --- how things are written


def test_code_groups_are_of_four():
    assert render("{{ code|code_groups }}", code="7KQ4M2XD9RWT") == "7KQ4-M2XD-9RWT"


def test_dates_are_readable_by_people_and_machines():
    day = date(2025, 3, 14)

    assert render("{{ day|long_date }}", day=day) == '<time datetime="2025-03-14">14 March 2025</time>'
    assert render("{{ day|short_date }}", day=day) == '<time datetime="2025-03-14">14 Mar 2025</time>'
    assert render("{{ day|long_date }}", day=None) == ""


def test_moments_are_in_utc():
    instant = datetime(2026, 11, 22, 14, 32, tzinfo=UTC)

    assert render("{{ at|moment }}", at=instant) == '<time datetime="2026-11-22T14:32Z">22 Nov 2026, 14:32 UTC</time>'
    assert render("{{ at|moment }}", at=None) == ""
    assert render("{{ at|long_date }}", at=instant) == '<time datetime="2026-11-22">22 November 2026</time>'


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        ("Amara Okafor-Lindqvist", "AO"),
        ("Ø", "Ø"),
        ("José María de la Cruz", "JC"),
        ("李小龍", "李"),
        ("(?)", "?"),
        ("", "?"),
    ],
)
def test_initials_are_of_the_first_and_last_name(name, letters):
    assert render("{{ name|initials }}", name=name) == letters


def test_host_is_the_part_that_cannot_be_copied():
    assert render("{{ address|host }}", address="https://badges.example.org/v/7KQ4") == "badges.example.org"


@pytest.mark.parametrize(("level", "tone"), [("success", "plain"), ("error", "danger"), ("", "calm")])
def test_message_tone_keeps_green_for_badges(level, tone):
    assert render("{{ level|message_tone }}", level=level) == tone
