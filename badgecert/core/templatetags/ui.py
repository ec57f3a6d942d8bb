"""The components of our pages: `{% load ui %}`, and /styleguide/ (in debug) shows them all.

Arguments are keywords, so a misspelt one fails when the template loads. The markup is in templates/components/.
"""

from collections.abc import Collection, Sequence
from datetime import datetime
from functools import cache
from typing import Literal

from django import template
from django.contrib.staticfiles import finders
from django.core.paginator import Page
from django.forms import (
    BoundField,
    CheckboxInput,
    CheckboxSelectMultiple,
    PasswordInput,
    RadioSelect,
    SearchInput,
    Select,
)
from django.forms.forms import BaseForm
from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy
from PIL import Image

from badgecert.core import written
from badgecert.core.exceptions import ComponentError
from badgecert.core.icons import drawn_icon

register = template.Library()

Kind = Literal["main", "line", "quiet", "danger"]
Tone = Literal["valid", "warn", "danger", "calm"]

ICON_OF_TONE = {"valid": "circle-check", "warn": "clock", "danger": "circle-x", "calm": "info"}
ICON_OF_NOTICE = {**ICON_OF_TONE, "warn": "triangle-alert", "plain": "circle-check"}
_OUTCOMES = {
    "passed": ("circle-check", gettext_lazy("Passed")),
    "failed": ("circle-x", gettext_lazy("Failed")),
    "warned": ("triangle-alert", gettext_lazy("Needs attention")),
    "unchecked": ("circle-question-mark", gettext_lazy("Not checked")),
    "note": ("info", gettext_lazy("For you to check")),
}


def _one_of(allowed: Collection[str], value: str, what: str) -> str:
    if value not in allowed:
        msg = f"{what} is one of {', '.join(allowed)}, not {value!r}."
        raise ComponentError(msg)
    return value


# --- icons ---------------------------------------------------------------------------------------


@register.simple_tag
def icon(name: str, *, label: str = "") -> SafeString:
    """A Lucide icon by its name: decoration beside a word, or with a label an image of its own."""
    return drawn_icon(name, label)


_WIDE, _DOWNLOAD, _FORMNOVALIDATE = map(SafeString, (" data-wide", " download", " formnovalidate"))


# --- leaves --------------------------------------------------------------------------------------


@register.simple_tag
def button(
    *,
    text: str,
    kind: Kind = "line",
    href: str = "",
    icon: str = "",
    name: str = "",
    value: str = "",
    about: str = "",
    opens: str = "",
    wide: bool = False,
    download: bool = False,
    skips_validation: bool = False,
) -> SafeString:
    """A link when it has an address, else a submit button.

    `about` is heard and not seen ("Share" of which badge); `opens` is the id of a sheet that script opens in place of
    following the link.
    """
    _one_of(("main", "line", "quiet", "danger"), kind, "A button's kind")
    picture = drawn_icon(icon, "") if icon else ""
    heard = format_html('<span class="visually-hidden"> {}</span>', about) if about else ""
    width = _WIDE if wide else ""
    if href:
        sheet = format_html(' data-opens="{}"', opens) if opens else ""
        saves = _DOWNLOAD if download else ""
        return format_html(
            '<a class="button" data-kind="{}" href="{}"{}{}{}>{}{}{}</a>\n',
            *(kind, href, width, sheet, saves, picture, text, heard),
        )
    says = format_html(' name="{}" value="{}"', name, value) if name else ""
    skips = _FORMNOVALIDATE if skips_validation else ""
    return format_html(
        '<button class="button" data-kind="{}"{}{}{} type="submit">{}{}{}</button>\n',
        *(kind, width, says, skips, picture, text, heard),
    )


@register.simple_tag
def tag(*, text: str, tone: Tone, icon: str = "") -> SafeString:
    """A state as word, icon and tint."""
    _one_of(ICON_OF_TONE, tone, "A tag's tone")
    picture = drawn_icon(icon or ICON_OF_TONE[tone], "")
    return format_html('<span class="tag" data-tone="{}">{}{}</span>\n', tone, picture, text)


@register.inclusion_tag("components/copy_field.html")
def copy_field(*, id: str, label: str, value: str, label_hidden: bool = False, lines: int = 1) -> dict[str, object]:
    """Selectable text; with script, a button copies it."""
    return {"id": id, "label": label, "value": value, "label_hidden": label_hidden, "lines": lines}


@register.inclusion_tag("components/steps.html")
def steps(*, labels: Sequence[str], current: int) -> dict[str, object]:
    """Where one is in a flow; `current` counts from one."""
    return {
        "steps": [
            {"label": label, "number": number, "done": number < current, "here": number == current}
            for number, label in enumerate(labels, start=1)
        ]
    }


@register.inclusion_tag("components/pagination.html", takes_context=True)
def pagination(
    context: template.Context, *, page: "Page[object]", name: str = "page", at: str = ""
) -> dict[str, object]:
    """Previous, next and how many; keeps the rest of the address's query.

    A second list on a page has a name of its own, and says where it is.
    """

    def href(number: int) -> str:
        query = context["request"].GET.copy()
        query[name] = str(number)
        return f"?{query.urlencode()}{f'#{at}' if at else ''}"

    return {
        "page": page,
        "previous": href(page.previous_page_number()) if page.has_previous() else "",
        "next": href(page.next_page_number()) if page.has_next() else "",
    }


@register.inclusion_tag("components/tab.html")
def tab(*, text: str, href: str, current: bool = False, count: int | str | None = None) -> dict[str, object]:
    return {"text": text, "href": href, "current": current, "count": count}


# --- forms ---------------------------------------------------------------------------------------


@register.inclusion_tag("components/field.html")
def field(
    bound: BoundField,
    *,
    autocomplete: str = "",
    placeholder: str = "",
    look: Literal["", "choices", "bare"] = "",
    grow: bool = False,
) -> dict[str, object]:
    """One field of a Django form: label, control, help and errors, tied together for a screen reader.

    `look`: radio buttons side by side ("choices"); "bare" hides the label of a search box.
    """
    _one_of(("", "choices", "bare"), look, "A field's look")
    widget = bound.field.widget
    given = {"autocomplete": autocomplete, "placeholder": placeholder}
    return {
        "field": bound,
        "control": bound.as_widget(attrs={name: value for name, value in given.items() if value}),
        "shape": _shape(bound),
        "look": look,
        "grow": grow,
        "says_optional": not bound.field.required
        and look != "bare"
        and not isinstance(widget, CheckboxInput | SearchInput | Select),
    }


def _shape(bound: BoundField) -> str:
    widget = bound.field.widget
    if isinstance(widget, RadioSelect | CheckboxSelectMultiple):
        return "options"
    if isinstance(widget, CheckboxInput):
        return "tick"
    if isinstance(widget, PasswordInput):
        return "secret"
    return "line"


@register.inclusion_tag("components/form_errors.html")
def form_errors(form: BaseForm) -> dict[str, object]:
    """What is wrong with the form as a whole, and how many fields need another look."""
    return {
        "errors": form.non_field_errors(),
        "wrong_fields": [bound for bound in form.visible_fields() if bound.errors],
    }


# --- things that wrap content --------------------------------------------------------------------


@register.simple_block_tag
def card(content: str, *, title: str = "", id: str = "") -> SafeString:
    return render_to_string("components/card.html", {"content": content, "title": title, "id": id})


@register.simple_block_tag
def notice(
    content: str,
    *,
    tone: Literal["valid", "warn", "danger", "calm", "plain"] = "calm",
    title: str = "",
    icon: str = "",
    alert: bool = False,
) -> SafeString:
    """Something the page has to say. `alert` for what just went wrong: a screen reader says it at once."""
    _one_of(ICON_OF_NOTICE, tone, "A notice's tone")
    return render_to_string(
        "components/notice.html",
        {
            "content": content,
            "tone": tone,
            "title": title,
            "icon": icon or ICON_OF_NOTICE[tone],
            "alert": alert,
        },
    )


@register.simple_block_tag
def award(content: str, *, title: str, picture: str, about_picture: str, id: str) -> SafeString:
    """A badge that waits to be claimed; the content is its sentence and its buttons in `<div class="actions">`."""
    return render_to_string(
        "components/award.html",
        {"content": content, "title": title, "picture": picture, "about_picture": about_picture, "id": id},
    )


@register.simple_block_tag
def empty(content: str, *, title: str) -> SafeString:
    """Nothing here yet, and what to do about it."""
    return render_to_string("components/empty.html", {"content": content, "title": title})


@register.simple_block_tag
def guide_step(
    content: str, *, title: str, picture: str = "", about_picture: str = "", drawing: str = ""
) -> SafeString:
    """One step of a guide. `picture` is the name of one in static/guides/, which is there in light and dark.

    `drawing` is the name of an outline in static/guides/drawings/: other products' screens change without telling us.
    It decorates what the words say.
    """
    light, dark = f"guides/{picture}.avif", f"guides/{picture}-dark.avif"
    return render_to_string(
        "components/guide_step.html",
        {
            "content": content,
            "title": title,
            "about_picture": about_picture,
            "light": light if picture else "",
            "dark": dark,
            "size": _size_of_picture(light) if picture else None,
            "drawing": f"guides/drawings/{drawing}.svg" if drawing else "",
        },
    )


@cache
def _size_of_picture(name: str) -> tuple[int, int]:
    """In the pixels of a page: our guides' pictures have half as many again, for sharp screens."""
    path = finders.find(name)
    if not isinstance(path, str):
        msg = f"There is no picture static/{name}; `scripts/dev.sh screenshots guide` takes them."
        raise ComponentError(msg)
    with Image.open(path) as picture:
        return picture.width * 2 // 3, picture.height * 2 // 3


@register.simple_block_tag
def facts(content: str) -> SafeString:
    """Facts in a row. `{% facts as its_facts %}` keeps them for `{% plate facts=its_facts %}`."""
    return format_html('<dl class="facts">{}</dl>', content)


@register.simple_block_tag
def fact(content: str, *, label: str, note: str = "") -> SafeString:
    small = format_html(" <small>{}</small>", note) if note else ""
    return format_html("<div><dt>{}</dt><dd>{}{}</dd></div>\n", label, content, small)


@register.simple_block_tag
def checks(content: str) -> SafeString:
    """What was checked, a `{% check %}` each."""
    # Lists without bullets lose their role in Safari.
    return format_html('<ul class="checks" role="list">{}</ul>', content)


@register.simple_block_tag
def check(
    content: str, *, outcome: Literal["passed", "failed", "warned", "unchecked", "note"], title: str
) -> SafeString:
    """One check with its reason. What was not checked is `unchecked` and never looks like `passed`."""
    _one_of(_OUTCOMES, outcome, "A check's outcome")
    picture, word = _OUTCOMES[outcome]
    reason = format_html("<p>{}</p>", content) if content.strip() else ""
    return format_html(
        '\n<li data-outcome="{}">{}<b>{}</b>{}</li>\n', outcome, icon(picture, label=str(word)), title, reason
    )


@register.simple_block_tag
def plate(
    content: str,
    *,
    tone: Tone,
    word: str,
    title: str,
    checked_at: datetime | None = None,
    icon: str = "",
    picture: str = "",
    about_picture: str = "",
    faded: bool = False,
    facts: str = "",
    host: str = "",
) -> SafeString:
    """The verdict of a public page: word, colour and shape; then whose, what, and the facts.

    The content is `<p class="plate-says">` and `<p class="plate-next">`. `faded` greys the picture of a badge that no
    longer counts; `host` names the only place where a genuine result is shown.
    """
    _one_of(ICON_OF_TONE, tone, "A plate's tone")
    name = icon or ICON_OF_TONE[tone]
    return render_to_string(
        "components/plate.html",
        {
            "content": content,
            "tone": tone,
            "word": word,
            "title": title,
            "checked_at": checked_at,
            "icon": name,
            # A disc can be filled with the verdict's colour; a padlock filled in would be a blot.
            "is_disc": name.startswith(("circle-", "clock")),
            "picture": picture,
            "about_picture": about_picture,
            "faded": faded,
            "facts": facts,
            "host": host,
        },
    )


@register.simple_block_tag
def sheet(content: str, *, id: str, title: str, subtitle: str = "", picture: str = "") -> SafeString:
    """A popover; `{% button opens="its id" href="the page with the same content" %}` opens it."""
    return render_to_string(
        "components/sheet.html",
        {"content": content, "id": id, "title": title, "subtitle": subtitle, "picture": picture},
    )


@register.simple_block_tag
def tabs(content: str, *, label: str) -> SafeString:
    """Links that show a part of a list, a `{% tab %}` each."""
    return format_html('<nav class="tabs" aria-label="{}">{}</nav>', label, content)


# --- how things are written ----------------------------------------------------------------------

for dated in (written.long_date, written.short_date, written.moment):
    register.filter(dated.__name__, dated, expects_localtime=False)
for shown in (written.code_groups, written.host, written.initials, written.is_beyond_latin, written.message_tone):
    register.filter(shown.__name__, shown)
