from dataclasses import dataclass

import pytest

from notifications.messages.base import MASKED, rendered
from notifications.messages.issuances import IssuanceMail
from notifications.messages.merging import merged
from notifications.models import Message
from tests.factories import issue


@dataclass(frozen=True)
class Words:
    subject: str
    text: str
    html: str


def set_words(context):
    return Words(subject=context["topic"], text=f"Dear {context['name']}", html=f"<b>{context['name']}</b>")


def test_mails_that_differ_in_a_name_are_set_once():
    asked = []

    def set_mail(context):
        asked.append(context)
        return set_words(context)

    ana, bo = (
        merged({"name": name, "topic": "News"}, personal={"name"}, key=("once",), set_mail=set_mail)
        for name in ("Ana <ana@example.org>", "Bo & Co")
    )

    assert len(asked) == 1
    assert ana == Words(subject="News", text="Dear Ana <ana@example.org>", html="<b>Ana &lt;ana@example.org&gt;</b>")
    assert bo == Words(subject="News", text="Dear Bo & Co", html="<b>Bo &amp; Co</b>")


def test_what_is_empty_for_one_and_not_for_the_other_is_set_apart():
    def set_mail(context):
        return Words(subject="", text="with a link" if context["link"] else "without", html="")

    texts = [
        merged({"link": link}, personal={"link"}, key=("apart",), set_mail=set_mail).text
        for link in ("https://a.example", "", "https://b.example")
    ]

    assert texts == ["with a link", "without", "with a link"]


def test_what_is_for_everybody_sets_another_mail():
    texts = [
        merged({"name": "Ana", "topic": topic}, personal={"name"}, key=("topics",), set_mail=set_words).subject
        for topic in ("News", "Later news")
    ]

    assert texts == ["News", "Later news"]


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["Amara Okafor-Lindqvist", "Zoë “Zed” O’Neil & <b>Co</b>", "محمد بن سلمان", "x" * 60])
def test_merged_mail_says_what_the_plain_one_says(badge, name):
    issue(badge, name="Somebody Else")
    issuance = issue(badge, name=name)
    message = Message.objects.select_related("issuer", "user", "issuance__badge__issuer").get(issuance=issuance)
    IssuanceMail.prepare([mail := IssuanceMail(message)])

    context = mail.context(MASKED)

    assert mail.render(MASKED) == rendered(mail.kind, context)
