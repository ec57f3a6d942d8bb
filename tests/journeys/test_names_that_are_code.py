"""Names of a file that look like code or break out of their line: text in the mail, on the page and in the certificate (C126 to C128)."""

import io
from email import message_from_bytes, policy

import pypdf
import pytest
from django.test import Client
from lxml import html

from badges.actions.batches import confirm_batch, send_now
from badges.actions.files import upload_file
from badges.actions.leaving import issue_due_batches
from badges.models import Issuance
from notifications.actions.delivery import deliver_due_messages

NAMES = {
    "C126": "%s%n{0.__class__}",
    "C127": "</style><style>*{display:none}",
    "C128": "[x](javascript:alert(1))",
}


def issued_from_a_file(badge, staff, name: str) -> Issuance:
    content = f'name,email\n"{name}",ana@example.org\n'.encode()
    batch = upload_file(badge, content=content, file_name="people.csv", by=staff)
    send_now(confirm_batch(batch, by=staff), by=staff)
    issue_due_batches()
    deliver_due_messages()
    return Issuance.objects.get()


def certificate_of(issuance: Issuance) -> pypdf.PdfReader:
    return pypdf.PdfReader(io.BytesIO(Client().get(f"/v/{issuance.code}/certificate.pdf").content))


def without_spaces(text: str) -> str:
    return "".join(text.split())


@pytest.mark.parametrize("case", NAMES)
def test_code_in_a_name_is_text_in_mail_page_and_certificate(badge, staff, mailoutbox, case):
    name = NAMES[case]

    issuance = issued_from_a_file(badge, staff, name)

    [mail] = mailoutbox
    parsed = message_from_bytes(mail.content, policy=policy.default)
    texts = [parsed.get_body((kind,)).get_content() for kind in ("plain", "html")]
    documents = [html.fromstring(texts[1]), html.fromstring(Client().get(f"/v/{issuance.code}").content)]
    assert name in texts[0]
    assert [name in document.text_content() for document in documents] == [True, True]
    assert [one for document in documents for one in document.xpath("//@href") if "javascript:" in one] == []
    assert [one for document in documents for one in document.xpath("//style/text()") if "*{display:none}" in one] == []
    assert without_spaces(name) in without_spaces(certificate_of(issuance).pages[0].extract_text())
