import io
import socket
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import pypdf
import pypdfium2
import pytest
import segno
from PIL import Image, ImageFilter

from badges.drawing.badge import BadgeArt, draw_badge
from badges.drawing.monogram import draw_monogram
from badges.drawing.pictures import to_png
from certificates.rendering.exceptions import BrokenAssetError, UnrenderableTextError
from certificates.rendering.pdf import CertificateFacts, Signatory, Wording, render_certificate

MILLIMETRE = 72 / 25.4
BADGE = draw_badge(
    BadgeArt(shape="shield", top_text="INFECTION CONTROL", ribbon="2025", icon="shield-plus", palette="plum")
)
FACTS = CertificateFacts(
    recipient_name="Amara Okafor-Lindqvist",
    badge_name="Infection Control Practitioner",
    issuer_name="Northgate Council for Clinical Safety",
    description="Can plan, carry out and audit infection prevention.",
    issued_on=date(2025, 3, 14),
    expires_on=date(2028, 3, 13),
    code="7KQ4M2XD9RWT",
    verify_url="https://badges.example.org/v/7KQ4M2XD9RWT",
    badge_png=to_png(BADGE, 600),
    badge_svg=BADGE.encode(),
    signatories=(Signatory("Prof. Ilse Vandamme", "Chair of the Council"),),
)
LONGEST = replace(
    FACTS,
    recipient_name="Wilhelmina " * 18 + "Ob",
    badge_name="Infection Control Practitioner for Hospitals " * 4,
    issuer_name="Northgate Council for Clinical Safety " * 5,
    issuer_logo=draw_monogram("N", "navy").encode(),
    signatories=(
        Signatory("Đặng Thị Nguyễn-Wilhelmsson van der Berg", "Chair of the Council for Clinical Safety"),
        Signatory("Prof. Ilse Vandamme", "Examiner"),
    ),
    stamp="Revoked on 3 October 2026",
)
# Marks that one of our fonts has, as many as fit into a name. Those above Latin letters it has not, so such a name is refused.
HEAPED = replace(FACTS, recipient_name="ก" + "\u0e49\u0e4c" * 99)


def read(pdf: bytes) -> pypdf.PdfReader:
    return pypdf.PdfReader(io.BytesIO(pdf))


def text_of(pdf: bytes) -> str:
    return " ".join(read(pdf).pages[0].extract_text().split())


def image_of(pdf: bytes, scale: float = 2) -> Image.Image:
    document = pypdfium2.PdfDocument(pdf)
    image = document[0].render(scale=scale).to_pil().convert("RGB")
    document.close()
    return image


def colours_of(pdf: bytes) -> set[object]:
    return {colour for _, colour in image_of(pdf).getcolors(1 << 24) or ()}


def test_the_text_of_a_certificate_can_be_read_and_searched() -> None:
    text = text_of(render_certificate(FACTS))

    assert text == (
        "Northgate Council for Clinical Safety Certificate awarded to Amara Okafor-Lindqvist "
        "who has met the requirements for Infection Control Practitioner "
        "Issued 14 March 2025 · valid until 13 March 2028 "
        "Prof. Ilse Vandamme Prof. Ilse Vandamme Chair of the Council "
        "Check this certificate badges.example.org /v/7KQ4M2XD9RWT 7KQ4-M2XD-9RWT"
    )


def test_a_certificate_without_expiry_says_nothing_of_it() -> None:
    text = text_of(render_certificate(replace(FACTS, expires_on=None)))

    assert "Issued 14 March 2025" in text
    assert "valid until" not in text


def test_the_wording_is_the_issuers() -> None:
    wording = Wording(
        heading="Oorkonde",
        awarded_to="uitgereikt aan",
        met_requirements="voor",
        check="Controleer dit",
        dates="Uitgereikt op 14 maart 2025",
    )

    text = text_of(render_certificate(replace(FACTS, wording=wording, language="nl")))

    for words in ("Oorkonde", "uitgereikt aan", "Controleer dit", "Uitgereikt op 14 maart 2025"):
        assert words in text
    assert "Issued" not in text


@pytest.mark.parametrize(
    "name",
    [
        "Ş",
        "Zażółć Gęślą-Jaźń O’Connor",
        "Nguyễn Thị Ánh Tuyết",
        "王小明",
        "佐藤 さくら",
        "김철수",
        "عبد الرحمن بن محمد الخوارزمي",
        "שרה בן־דוד",
        "สมชาย ใจดี",
        "प्रियंका क्षत्रिय",
        "Юлия Щербакова",
        "<img src=http://127.0.0.1:1/x>",
        "$recipient_lines ${code} &amp; </p>",
    ],
)
def test_names_of_every_script_are_one_page_of_embedded_letters(name: str) -> None:
    pdf = render_certificate(replace(FACTS, recipient_name=name))

    reader = read(pdf)
    embedded, by_name = fonts_of(reader)
    assert len(reader.pages) == 1
    assert name in text_of(pdf)
    assert reader.metadata is not None
    assert reader.metadata.title == f"Certificate: Infection Control Practitioner – {name}"
    assert by_name == embedded
    assert not any("DejaVu" in font for font in by_name)
    assert len(pdf) <= 150_000


def fonts_of(reader: pypdf.PdfReader) -> tuple[set[str], set[str]]:
    """The embedded fonts of a page, and all of its fonts."""
    embedded, named = set(), set()
    for font in reader.pages[0]["/Resources"]["/Font"].values():
        descendant = font["/DescendantFonts"][0]
        named.add(font["/BaseFont"])
        if {"/FontFile2", "/FontFile3"} & set(descendant["/FontDescriptor"]):
            embedded.add(font["/BaseFont"])
    return embedded, named


def test_a_certificate_in_chinese_needs_no_other_letters() -> None:
    wording = Wording("证书", "授予", "已符合要求", "查验此证书", "颁发于 2025年3月14日")
    facts = replace(
        FACTS,
        recipient_name="王小明",
        badge_name="洁净针刺技术",
        issuer_name="中国针灸学会",
        signatories=(Signatory("李华", "主席"),),
        wording=wording,
        language="zh",
    )

    text = text_of(render_certificate(facts))

    assert text.startswith("中国针灸学会 证书 授予 王小明 已符合要求 洁净针刺技术 颁发于 2025年3月14日")


def test_a_name_that_no_font_can_show_is_refused() -> None:
    with pytest.raises(UnrenderableTextError) as refusal:
        render_certificate(replace(FACTS, recipient_name="Ana 😀 Ito 𓀀"))

    assert str(refusal.value) == "The certificate has no letters for 😀𓀀. Leave them out."


@pytest.mark.parametrize(("paper", "size"), [("a4", (297, 210)), ("letter", (279.4, 215.9))])
@pytest.mark.parametrize("facts", [FACTS, LONGEST, HEAPED], ids=["usual", "longest", "C132 heaps of marks"])
def test_a_certificate_is_one_page_of_its_paper(facts: CertificateFacts, paper: str, size: tuple[float, float]) -> None:
    pdf = render_certificate(replace(facts, paper=paper))

    box = read(pdf).pages[0].mediabox
    assert len(read(pdf).pages) == 1
    assert len(pdf) <= 150_000
    assert (float(box.width), float(box.height)) == pytest.approx((size[0] * MILLIMETRE, size[1] * MILLIMETRE), abs=0.1)


def test_the_longest_texts_leave_the_badge_free() -> None:
    texts = pypdfium2.PdfDocument(render_certificate(LONGEST))[0].get_textpage()

    bottoms = [texts.get_rect(position)[1] for position in range(texts.count_rects())]
    upper = [bottom for bottom in bottoms if bottom > 63 * MILLIMETRE]
    assert texts.get_text_bounded().count("Wilhelmina") == 18
    assert min(upper) > (210 - 146) * MILLIMETRE


def test_the_same_facts_make_the_same_bytes() -> None:
    assert render_certificate(FACTS) == render_certificate(replace(FACTS))
    assert render_certificate(FACTS) != render_certificate(replace(FACTS, recipient_name="Amara Okafor"))


def test_the_credential_is_attached_and_the_bytes_stay_the_same() -> None:
    facts = replace(FACTS, credential=b'{"type": "OpenBadgeCredential"}')

    pdf = render_certificate(facts)

    assert pypdf.PdfReader(io.BytesIO(pdf)).attachments == {"credential.json": [facts.credential]}
    assert render_certificate(facts) == pdf


def test_a_certificate_is_tagged_for_screen_readers() -> None:
    reader = read(render_certificate(FACTS))

    catalogue = reader.trailer["/Root"]
    xmp = reader.xmp_metadata
    assert catalogue["/MarkInfo"]["/Marked"]
    assert catalogue["/Lang"] == "en"
    assert xmp is not None
    assert 'pdfuaid:part="1"' in xmp.rdf_root.toprettyxml()
    tags = list(walk(catalogue["/StructTreeRoot"]))
    assert [tag["/Alt"] for tag in tags if tag.get("/S") == "/Figure"] == [
        "Infection Control Practitioner",
        "Check this certificate: https://badges.example.org/v/7KQ4M2XD9RWT",
    ]
    assert [tag["/S"] for tag in tags].count("/H1") == 1


def walk(node: pypdf.generic.DictionaryObject) -> Iterator[pypdf.generic.DictionaryObject]:
    children = node.get("/K", [])
    for child in children if isinstance(children, list) else [children]:
        resolved = child.get_object()
        if isinstance(resolved, dict) and "/S" in resolved:
            yield resolved
            yield from walk(resolved)


def test_the_badge_and_the_code_lead_to_the_public_page() -> None:
    links = [annotation.get_object() for annotation in read(render_certificate(FACTS)).pages[0]["/Annots"]]

    assert {link["/A"]["/URI"] for link in links} == {FACTS.verify_url}


@pytest.mark.parametrize("paper", ["a4", "letter"])
def test_the_qr_code_on_the_paper_is_that_of_the_public_page(paper: str) -> None:
    width, height = {"a4": (297, 210), "letter": (279.4, 215.9)}[paper]
    code = segno.make("HTTPS://BADGES.EXAMPLE.ORG/V/7KQ4M2XD9RWT", error="m", micro=False)
    image = image_of(render_certificate(replace(FACTS, paper=paper)), scale=4)
    pixels = image.width / width
    left, top, square = width - 34 - 22, height - 63 + 5, 22 / 29

    seen = [
        [
            sum(
                image.getpixel(
                    (round((left + (x + 0.5) * square) * pixels), round((top + (y + 0.5) * square) * pixels))
                )
            )
            < 3 * 128
            for x in range(29)
        ]
        for y in range(29)
    ]

    assert seen == [[bool(dark) for dark in row] for row in code.matrix]


@pytest.mark.parametrize("stamp", ["Expired on 13 March 2026", "Revoked on 3 October 2026"])
def test_a_copy_that_no_longer_counts_is_stamped(stamp: str) -> None:
    pdf = render_certificate(replace(FACTS, stamp=stamp))

    assert stamp in text_of(pdf)
    assert (0xA0, 0x1A, 0x31) in colours_of(pdf)


def test_a_certificate_that_counts_has_no_stamp() -> None:
    assert (0xA0, 0x1A, 0x31) not in colours_of(render_certificate(FACTS))


def test_a_signature_picture_stands_in_for_the_script() -> None:
    signature = io.BytesIO()
    Image.new("RGBA", (600, 200), (0, 0, 200, 255)).save(signature, "PNG")
    signatory = Signatory("Prof. Ilse Vandamme", "Chair", signature.getvalue())

    pdf = render_certificate(replace(FACTS, signatories=(signatory,)))

    assert (0, 0, 200) in colours_of(pdf)
    assert text_of(pdf).count("Prof. Ilse Vandamme") == 1


def test_a_picture_takes_the_place_of_a_missing_drawing() -> None:
    blue = io.BytesIO()
    Image.new("RGBA", (600, 600), (0, 0, 200, 255)).save(blue, "PNG")

    pdf = render_certificate(replace(FACTS, badge_svg=None, badge_png=blue.getvalue()))

    assert image_of(pdf, scale=1).getpixel((421, 595 - 128)) == (0, 0, 200)


def test_a_soft_photograph_as_badge_leaves_the_file_small() -> None:
    colours = [Image.effect_noise((600, 600), 50).filter(ImageFilter.GaussianBlur(4)) for _ in range(3)]
    grain = Image.merge("RGB", colours)
    grain.putalpha(Image.radial_gradient("L").resize((600, 600)))
    photograph = io.BytesIO()
    grain.save(photograph, "PNG")

    pdf = render_certificate(replace(FACTS, badge_svg=None, badge_png=photograph.getvalue()))

    assert len(photograph.getvalue()) > 250_000
    assert len(pdf) <= 150_000


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_a_logo_may_be_any_picture(kind: str) -> None:
    logo = io.BytesIO()
    Image.new("RGB", (300, 200), (0, 0, 200)).save(logo, kind)

    pdf = render_certificate(replace(FACTS, issuer_logo=logo.getvalue()))

    red, green, blue = image_of(pdf, scale=1).getpixel((421, 75))
    assert max(red, green) < 10
    assert blue > 190


@pytest.mark.parametrize("content", [b"", b"not a picture", b"\x89PNG\r\n\x1a\nbroken", b"<svg"])
def test_a_damaged_picture_stops_the_certificate(content: bytes) -> None:
    with pytest.raises(BrokenAssetError):
        render_certificate(replace(FACTS, issuer_logo=content + b" "))


def test_a_certificate_can_be_rendered_after_a_damaged_one() -> None:
    with pytest.raises(BrokenAssetError):
        render_certificate(replace(FACTS, badge_svg=b"<svg"))

    assert "Amara" in text_of(render_certificate(FACTS))


def test_a_third_signatory_is_refused() -> None:
    with pytest.raises(ValueError, match="room for 2 signatories"):
        replace(FACTS, signatories=(Signatory("A", "B"),) * 3)


@pytest.fixture
def canary() -> Iterator[tuple[str, list[bytes]]]:
    """The address of a listener on this machine, and what it heard."""
    heard: list[bytes] = []
    server = socket.create_server(("127.0.0.1", 0))
    server.settimeout(0.1)
    stopped = threading.Event()

    def listen() -> None:
        while not stopped.is_set():
            try:
                connection, _ = server.accept()
            except TimeoutError:
                continue
            heard.append(connection.recv(100))
            connection.close()

    thread = threading.Thread(target=listen)
    thread.start()
    yield f"http://127.0.0.1:{server.getsockname()[1]}", heard
    stopped.set()
    thread.join()
    server.close()


def test_hostile_texts_are_printed_and_fetch_nothing(canary: tuple[str, list[bytes]]) -> None:
    address, heard = canary
    tag = f"<img src={address}/x>"
    facts = replace(
        FACTS,
        recipient_name=tag,
        badge_name=f'"><style>@import url({address}/s.css)</style>',
        issuer_name=f"<link rel=stylesheet href={address}/l.css>",
        description=f'"><meta http-equiv=refresh content="0;url={address}">',
        signatories=(Signatory(tag, f"';background:url({address}/b)"),),
        wording=Wording(heading=tag, awarded_to=tag, met_requirements=tag, check=tag, dates=tag),
        stamp=tag,
        language='en"><script>',
    )

    text = text_of(render_certificate(facts))

    assert tag in text
    assert heard == []


@pytest.mark.parametrize(
    "target", ["{address}/x.png", "file:///etc/passwd", "asset:logo", "data:image/png;base64,AA=="]
)
def test_a_picture_that_refers_elsewhere_stops_the_certificate(target: str, canary: tuple[str, list[bytes]]) -> None:
    address, heard = canary
    svg = (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 10 10">'
        f'<image href="{target.format(address=address)}" width="10" height="10"/></svg>'
    )

    with pytest.raises(BrokenAssetError):
        render_certificate(replace(FACTS, badge_svg=svg.encode()))

    assert heard == []
