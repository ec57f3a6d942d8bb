import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from certificates.rendering.exceptions import BrokenAssetError, BusyPressError, JammedPressError, UnrenderableTextError
from certificates.rendering.jobs import InspectPdf, PrintCertificate
from certificates.rendering.press import Press
from certificates.rendering.wire import unpacked
from tests.certificates.rendering.test_pdf import FACTS, text_of
from tests.house.source import ROOT

# A drawing that takes minutes: each of these copies the one before ten times.
BOMB = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><path id="a0" d="M0 0h1v1z"/>'
    + "".join(
        f'<g id="a{level}">{f"<use href=%s#a{level - 1}%s/>" % (chr(34), chr(34)) * 10}</g>' for level in range(1, 8)
    )
    + "</svg>"
)


@pytest.fixture(scope="module")
def press() -> Iterator[Press]:
    press = Press(processes=1, seconds=30, cpu_seconds=20, memory_bytes=10**9)
    yield press
    press.close()


def process_of(press: Press) -> int:
    process = press._free.queue[0]._running
    assert process is not None
    return process.pid


def test_one_process_prints_and_reads_again_and_again(press: Press) -> None:
    pdf = press.do(PrintCertificate(FACTS))
    first = process_of(press)

    again = press.do(PrintCertificate(FACTS))
    read = unpacked(press.do(InspectPdf(pdf)))

    assert (pdf, process_of(press)) == (again, first)
    assert "Amara Okafor-Lindqvist" in read.lines
    assert read.signatures == ()


def test_what_cannot_be_printed_is_refused_with_its_reason(press: Press) -> None:
    with pytest.raises(UnrenderableTextError, match="has no letters for 😀"):
        press.do(PrintCertificate(replace(FACTS, recipient_name="😀")))
    with pytest.raises(BrokenAssetError):
        press.do(PrintCertificate(replace(FACTS, badge_svg=b"<svg")))

    assert "Amara" in text_of(press.do(PrintCertificate(FACTS)))


def test_the_process_knows_no_secret_and_no_font_of_the_machine(press: Press) -> None:
    press.do(PrintCertificate(FACTS))

    environment = Path(f"/proc/{process_of(press)}/environ").read_text().rstrip("\0").split("\0")

    names = {pair.partition("=")[0] for pair in environment}
    assert names == {"PATH", "LANG", "PYTHONWARNINGS", "FONTCONFIG_FILE", "HOME", "TMPDIR", "XDG_CACHE_HOME"}
    assert any(pair.endswith("certificates/rendering/fonts.conf") for pair in environment)


def test_the_process_has_limits(press: Press) -> None:
    press.do(PrintCertificate(FACTS))

    limits = Path(f"/proc/{process_of(press)}/limits").read_text()

    by_name = {line[:25].strip(): line[25:].split()[0] for line in limits.splitlines()[1:]}
    assert by_name["Max address space"] == "1000000000"
    assert 20 <= int(by_name["Max cpu time"]) < 120
    assert by_name["Max core file size"] == "0"


def test_whoever_comes_while_all_are_at_work_is_told_at_once() -> None:
    press = Press(processes=0, seconds=30, cpu_seconds=20, memory_bytes=10**9)

    with pytest.raises(BusyPressError):
        press.do(PrintCertificate(FACTS))
    with pytest.raises(BusyPressError):
        press.do(PrintCertificate(FACTS), patience=0.01)


@pytest.mark.slow
@pytest.mark.timeout(100)
@pytest.mark.parametrize("limits", [{"seconds": 4, "cpu_seconds": 1000}, {"seconds": 1000, "cpu_seconds": 2}])
def test_a_drawing_without_end_is_ended_by_the_clock_and_by_the_processor(limits: dict[str, int]) -> None:
    press = Press(processes=1, memory_bytes=10**9, **limits)

    with pytest.raises(JammedPressError, match="ended or hung 2 times"):
        press.do(PrintCertificate(replace(FACTS, badge_svg=BOMB.encode())))

    press.close()


def test_a_job_whose_process_dies_is_done_by_the_next(press: Press) -> None:
    press.do(PrintCertificate(FACTS))
    first = process_of(press)
    killer = threading.Timer(0.02, os.kill, (first, 9))

    killer.start()
    pdf = press.do(PrintCertificate(FACTS))

    killer.join()
    assert "Amara" in text_of(pdf)


def test_memory_beyond_the_limit_is_refused_by_the_system() -> None:
    press = Press(processes=1, seconds=30, cpu_seconds=20, memory_bytes=150_000_000)

    with pytest.raises(JammedPressError):
        press.do(PrintCertificate(FACTS))

    press.close()


def test_a_process_with_nothing_to_do_ends_and_another_takes_its_place() -> None:
    press = Press(processes=1, seconds=30, cpu_seconds=20, memory_bytes=10**9, idle_seconds=1)
    press.do(PrintCertificate(FACTS))
    first = press._free.queue[0]._running
    assert first is not None

    first.wait(timeout=30)
    pdf = press.do(PrintCertificate(FACTS))

    assert first.returncode == 0
    assert pdf.startswith(b"%PDF")
    press.close()


def test_closing_leaves_no_process_and_no_file(press: Press) -> None:
    own = Press(processes=1, seconds=30, cpu_seconds=20, memory_bytes=10**9)
    own.do(PrintCertificate(FACTS))
    process = own._free.queue[0]
    folder, running = Path(process._folder), process._running
    assert folder.is_dir()

    own.close()

    assert running is not None
    assert running.returncode == -9
    assert not folder.exists()


WEB_PROCESS = """
import json, os, sys
import badgecert.wsgi
from django.test import Client
Client().get("/")
print(json.dumps(sorted({name.partition(".")[0] for name in sys.modules})))
"""


def test_no_web_process_loads_what_prints() -> None:
    said = subprocess.run(
        [sys.executable, "-c", WEB_PROCESS],
        cwd=ROOT,
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "tests.settings"},
        capture_output=True,
        text=True,
        check=True,
    )

    loaded = set(json.loads(said.stdout.splitlines()[-1]))
    assert "certificates" in loaded
    assert loaded.isdisjoint({"weasyprint", "pydyf", "pyhanko", "tinycss2", "asn1crypto"})
