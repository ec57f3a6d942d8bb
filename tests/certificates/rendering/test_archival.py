"""What PDF/A-3a and PDF/UA-1 ask of a file, as far as it can be asked without a validator, which no registry has."""

import io
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pypdf
import pytest
from lxml import etree
from PIL import Image

from certificates.rendering.design import Wording
from certificates.rendering.jobs import PrintCertificate
from certificates.rendering.pdf import DESIGNS, Signatory, render_certificate
from certificates.rendering.press import Press
from tests.certificates.rendering.test_pdf import FACTS, LONGEST, canary, image_of, text_of, walk

__all__ = ["canary"]

RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
PDFA = "{http://www.aiim.org/pdfa/ns/id/}"
PDFUA = "{http://www.aiim.org/pdfua/ns/id/}"
SCHEMA = "{http://www.aiim.org/pdfa/ns/schema#}"
DC = "{http://purl.org/dc/elements/1.1/}"


@pytest.fixture(params=DESIGNS)
def reader(request: pytest.FixtureRequest) -> pypdf.PdfReader:
    facts = replace(FACTS, design=request.param, credential=b'{"type": "OpenBadgeCredential"}', number="NC-2026-00042")
    facts = replace(facts, log_head='{"size": 9, "key": "z6Mk<&"}')
    return pypdf.PdfReader(io.BytesIO(render_certificate(facts)))


def test_it_says_which_standards_it_keeps_in_one_packet(reader: pypdf.PdfReader) -> None:
    packet = reader.trailer["/Root"]["/Metadata"].get_data()
    [rdf] = etree.fromstring(packet).findall(f"{RDF}RDF")
    said = {name: value for element in rdf for name, value in element.attrib.items()}

    assert (said[f"{PDFA}part"], said[f"{PDFA}conformance"], said[f"{PDFUA}part"]) == ("3", "A", "1")
    # PDF/A allows only namespaces that it knows or that the file describes.
    described = ["http://www.aiim.org/pdfua/ns/id/", "urn:badgecert:public-log:1"]
    assert [element.text for element in rdf.iter(f"{SCHEMA}namespaceURI")] == described
    [head] = rdf.iter("{urn:badgecert:public-log:1}signedHead")
    assert head.text == '{"size": 9, "key": "z6Mk<&"}'
    assert [element.text for element in rdf.iter(f"{DC}title")] != []
    assert "/Filter" not in reader.trailer["/Root"]["/Metadata"]


def test_it_has_a_language_a_title_an_intent_an_identifier_and_no_lock(reader: pypdf.PdfReader) -> None:
    root = reader.trailer["/Root"]

    assert root["/Lang"] == "en"
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert root["/MarkInfo"]["/Marked"]
    assert root["/OutputIntents"][0]["/S"] == "/GTS_PDFA1"
    assert "/DestOutputProfile" in root["/OutputIntents"][0]
    assert len(reader.trailer["/ID"]) == 2
    assert "/Encrypt" not in reader.trailer
    assert not {"/AA", "/OpenAction", "/JavaScript"} & set(root)


def test_its_credential_is_an_associated_file(reader: pypdf.PdfReader) -> None:
    root = reader.trailer["/Root"]

    [file] = [reference.get_object() for reference in root["/AF"]]
    assert file["/AFRelationship"] == "/Data"
    assert file["/UF"] == "credential.json"
    assert file["/Desc"] == "Open Badges 3.0 credential"
    assert file["/EF"]["/F"]["/Subtype"] == "/application/json"
    assert root["/Names"]["/EmbeddedFiles"]["/Names"][1].get_object() == file


def test_every_font_is_embedded_and_maps_to_unicode(reader: pypdf.PdfReader) -> None:
    fonts = [font.get_object() for font in reader.pages[0]["/Resources"]["/Font"].values()]

    assert fonts
    for font in fonts:
        descriptor = font["/DescendantFonts"][0].get_object()["/FontDescriptor"]
        assert {"/FontFile2", "/FontFile3"} & set(descriptor)
        assert "/ToUnicode" in font


def test_every_picture_has_words_and_the_page_one_heading(reader: pypdf.PdfReader) -> None:
    tags = list(walk(reader.trailer["/Root"]["/StructTreeRoot"]))

    kinds = [tag["/S"] for tag in tags]
    assert kinds.count("/H1") == 1
    assert [tag["/Alt"] for tag in tags if tag["/S"] == "/Figure"] == [
        "Infection Control Practitioner",
        f"Check this certificate: {FACTS.verify_url}",
    ]
    assert kinds.count("/Link") >= 2
    for annotation in reader.pages[0]["/Annots"]:
        assert annotation.get_object()["/F"] == 4
        assert "/StructParent" in annotation.get_object()


@pytest.mark.parametrize("paper", ["a4", "letter"])
@pytest.mark.parametrize("design", DESIGNS)
def test_the_code_is_read_from_the_page_as_it_is_printed(design: str, paper: str) -> None:
    # A print at 150 dots an inch, in grey, as a telephone sees it.
    page = image_of(render_certificate(replace(FACTS, design=design, paper=paper)), scale=150 / 72).convert("L")

    assert codes_in(page) == ["HTTPS://BADGES.EXAMPLE.ORG/V/7KQ4M2XD9RWT"]


def codes_in(picture: Image.Image) -> list[str]:
    """As zbar reads them."""
    file = io.BytesIO()
    picture.save(file, "PNG")
    zbar = ["zbarimg", "--quiet", "--raw", "--nodbus", "-Sdisable", "-Sqrcode.enable", "-"]
    read = subprocess.run(zbar, input=file.getvalue(), capture_output=True, check=True)
    return read.stdout.decode().splitlines()


@pytest.mark.parametrize("paper", ["a4", "letter"])
@pytest.mark.parametrize("design", DESIGNS)
def test_the_longest_words_stay_on_one_small_page(design: str, paper: str) -> None:
    facts = replace(
        LONGEST,
        design=design,
        paper=paper,
        # 40 kB.
        description="Can plan, carry out and audit infection prevention. " * 800,
        number="NC-2026-00042",
        credential=b"x" * 4000,
    )

    pdf = render_certificate(facts)

    assert len(pypdf.PdfReader(io.BytesIO(pdf)).pages) == 1
    assert len(pdf) <= 150_000
    assert text_of(pdf).count("Wilhelmina") == 18
    assert "NC-2026-00042" in text_of(pdf)


@pytest.fixture(scope="module")
def press() -> Iterator[Press]:
    press = Press(processes=1, seconds=60, cpu_seconds=30, memory_bytes=10**9)
    yield press
    press.close()


@pytest.mark.parametrize("design", DESIGNS)
def test_no_words_make_the_process_read_or_call_anything(
    press: Press, design: str, canary: tuple[str, list[bytes]], tmp_path: Path
) -> None:
    address, heard = canary
    attacks = (
        f"<link rel=attachment href=file:///etc/passwd><img src={address}/i>",
        f"</style><style>@import url({address}/s);</style>{{{{7*7}}}}",
        f"<svg onload=x><image href={address}/v></svg>$qr ${{colour}} asset:logo",
    )
    facts = replace(
        FACTS,
        design=design,
        recipient_name=attacks[0],
        badge_name=attacks[1],
        issuer_name=attacks[2],
        description="".join(attacks),
        number=attacks[0],
        wording=Wording(heading=attacks[1], awarded_to=attacks[0], met_requirements=attacks[2], dates=attacks[0]),
        signatories=(Signatory(attacks[0], attacks[1]),),
        stamp=attacks[0],
        log_head=attacks[1],
    )

    pdf = press.do(PrintCertificate(facts))

    assert heard == []
    path = tmp_path / "attacked.pdf"
    path.write_bytes(pdf)
    inside = subprocess.run(["pdfdetach", "-list", path], capture_output=True, check=True)
    assert inside.stdout == b"0 embedded files\n"
    assert "</style>" in text_of(pdf)
    assert b"root:" not in pdf
