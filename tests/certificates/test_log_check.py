import io
import json
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.core.management import CommandError, call_command
from django.db import connection

from badgecert.accounts.models import User
from badgecert.core import clock
from badges.actions.issuances import correct_issuance, reinstate_issuance, revoke_issuance, suspend_issuance
from badges.disclosure import can_see
from badges.models import Badge, Issuance, IssuanceVersion
from certificates.actions.documents import certificate_content, certificate_pdf
from certificates.actions.log import sequence_entries
from certificates.log_check import check_log
from certificates.models import Credential, LogEntry, LogNode, LogProof, TreeHead
from certificates.openbadges.keys import multikey
from certificates.openbadges.public_log import SignedHead
from certificates.public_log import newest_head
from tests.factories import issue


@pytest.fixture
def issued(badge: Badge, staff: User) -> list[Issuance]:
    """A log of nine entries under three heads: seven issued, one of them corrected, another revoked."""
    issued = [issue(badge, name=f"Ana Núñez {number}") for number in range(4)]
    sequence_entries()
    issued += [issue(badge, name=f"Ana Núñez {number}") for number in range(4, 7)]
    correct_issuance(issued[1], recipient_name="Ana Núñez-Ruiz", by=staff, reason="Married.")
    sequence_entries()
    revoke_issuance(issued[2], by=staff, reason="A mistake.")
    sequence_entries()
    return issued


@pytest.fixture
def edit(db: None) -> object:
    """Somebody at the database itself, who has taken the triggers away."""

    def edit(statement: str, *parameters: object) -> None:
        with connection.cursor() as cursor:
            cursor.execute("set local session_replication_role = replica")
            cursor.execute(statement, parameters)
            assert cursor.rowcount == 1
            cursor.execute("set local session_replication_role = origin")

    return edit


def found() -> list[tuple[str, str, str]]:
    return [(finding.table, finding.row, finding.code) for finding in check_log() if finding.is_fault]


def test_a_log_that_nobody_touched_has_no_findings(issued: list[Issuance], staff: User) -> None:
    suspend_issuance(issued[3], by=staff, reason="A question.")
    reinstate_issuance(issued[2], by=staff, reason="It was right.")

    assert list(check_log()) == []
    sequence_entries()
    assert list(check_log()) == []


def test_an_empty_log_has_no_findings(db: None) -> None:
    assert list(check_log()) == []


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("recipient_name", "'Ana Núñex 2'"),
        ("issued_on", "date '2026-11-02'"),
        ("created_at", "created_at - interval '1 second'"),
        ("narrative", "'x'"),
    ],
)
def test_an_edited_version_is_named(issued: list[Issuance], edit: object, column: str, value: str) -> None:
    version = issued[2].current_version

    edit(f"update badges_issuanceversion set {column} = {value} where id = %s", version.pk)  # noqa: S608  # that is the point

    # Two entries speak of it: that it was issued, and that it was revoked.
    assert found() == [("badges_issuanceversion", str(version.pk), issued[2].code)]


def test_an_edited_badge_is_named(issued: list[Issuance], badge: Badge, edit: object) -> None:
    edit(
        "update badges_badgeversion set name = 'Infection Control Practitiones' where id = %s", badge.current_version_id
    )

    assert found() == [("badges_badgeversion", str(badge.current_version_id), "")]


@pytest.mark.parametrize("change", ["document = replace(document, 'Núñez 3', 'Núñex 3')", "sha256 = reverse(sha256)"])
def test_an_edited_document_is_named(issued: list[Issuance], edit: object, change: str) -> None:
    credential = Credential.objects.get(version=issued[3].current_version)

    edit(f"update certificates_credential set {change} where id = %s", credential.pk)  # noqa: S608  # that is the point

    assert found() == [("certificates_credential", str(credential.pk), issued[3].code)]


@pytest.mark.parametrize("index", [0, 4, 8])
@pytest.mark.parametrize(
    "change",
    [
        "leaf_hash = set_byte(leaf_hash, 7, 255 - get_byte(leaf_hash, 7))",
        "kind = case kind when 'renewed' then 'issued' else 'renewed' end",
        "recorded_at = recorded_at - interval '1 day'",
        "says = set_byte(says, 0, 255 - get_byte(says, 0))",
        "salt = set_byte(salt, 0, 255 - get_byte(salt, 0))",
    ],
)
def test_an_edited_entry_is_named(issued: list[Issuance], edit: object, change: str, index: int) -> None:
    entry = LogEntry.objects.get(index=index)
    code = Issuance.objects.get(pk=entry.issuance_id).code

    edit(f"update certificates_logentry set {change} where id = %s", entry.pk)  # noqa: S608  # that is the point

    assert found() == [("certificates_logentry", str(entry.pk), code)]


@pytest.mark.parametrize("place", [(1, 0), (1, 6), (2, 4), (3, 0)])
def test_an_edited_node_is_named(issued: list[Issuance], edit: object, place: tuple[int, int]) -> None:
    node = LogNode.objects.get(level=place[0], start=place[1])

    edit("update certificates_lognode set hash = set_byte(hash, 31, 255 - get_byte(hash, 31)) where id = %s", node.pk)

    assert found() == [("certificates_lognode", str(node.pk), "")]


@pytest.mark.parametrize("size", [4, 8, 9])
@pytest.mark.parametrize(
    "change",
    [
        "root = set_byte(root, 0, 255 - get_byte(root, 0))",
        "signed_at = signed_at - interval '1 second'",
        "signature = set_byte(signature, 0, 255 - get_byte(signature, 0))",
    ],
)
def test_an_edited_head_is_named(issued: list[Issuance], edit: object, change: str, size: int) -> None:
    head = TreeHead.objects.get(size=size)

    edit(f"update certificates_treehead set {change} where id = %s", head.pk)  # noqa: S608  # that is the point

    assert found() == [("certificates_treehead", str(head.pk), "")]


@pytest.mark.parametrize("index", [0, 4, 8])
def test_a_deleted_entry_is_named(issued: list[Issuance], edit: object, index: int) -> None:
    entry = LogEntry.objects.get(index=index)

    if LogProof.objects.filter(entry=entry).exists():
        edit("delete from certificates_logproof where entry_id = %s", entry.pk)
    edit("delete from certificates_logentry where id = %s", entry.pk)

    version = IssuanceVersion.objects.get(issuance=entry.issuance_id, number=entry.version)
    code = version.issuance.code
    # And, if nothing else in the log speaks of it, what it was about.
    about = {
        0: [("badges_issuanceversion", str(version.pk), code)],
        4: [("badges_issuanceversion", str(version.pk), code)],
        8: [("badges_issuance", str(version.issuance_id), code)],
    }
    assert found() == [("certificates_logentry", f"index {index}", ""), *about[index]]


def test_a_deleted_node_is_named(issued: list[Issuance], edit: object) -> None:
    edit("delete from certificates_lognode where level = 2 and start = 4")

    assert found() == [("certificates_lognode", "level 2 start 4", "")]


@pytest.mark.parametrize(
    "change",
    [
        "path = path || leaf_hash from certificates_logentry entry where entry.id = entry_id and",
        "path = set_byte(path, 0, get_byte(path, 0) # 1) where",
        "head_id = (select id from certificates_treehead where size = 9) where",
    ],
)
def test_an_edited_proof_is_named(issued: list[Issuance], edit: object, change: str) -> None:
    proof = LogProof.objects.get(entry__index=1)

    edit(f"update certificates_logproof set {change} certificates_logproof.id = %s", proof.pk)  # noqa: S608

    assert found() == [("certificates_logproof", str(proof.pk), "")]


def test_a_proof_of_another_version_is_named(issued: list[Issuance], edit: object) -> None:
    first = LogProof.objects.get(entry__index=0)
    nobody = IssuanceVersion.objects.get(log_proof__entry__index=2)
    edit("delete from certificates_logproof where version_id = %s", nobody.pk)

    edit("update certificates_logproof set version_id = %s where id = %s", nobody.pk, first.pk)

    entry = LogEntry.objects.get(index=2)
    assert found() == [
        ("certificates_logproof", str(first.pk), ""),
        ("certificates_logproof", f"entry {entry.pk}", ""),
    ]


def test_a_deleted_credential_is_named(issued: list[Issuance], edit: object) -> None:
    version = issued[3].current_version_id

    edit("delete from certificates_credential where version_id = %s", version)

    assert found() == [("certificates_credential", f"version {version}", issued[3].code)]


def test_a_version_that_was_slipped_in_is_named(issued: list[Issuance]) -> None:
    version = issued[0].current_version
    version.pk, version.number = None, 2
    version.id = IssuanceVersion._meta.pk.get_default()
    version.save(force_insert=True)

    assert found() == [("badges_issuanceversion", str(version.pk), issued[0].code)]


@pytest.mark.parametrize(
    ("number", "change"),
    [
        (0, "revoked_at = now(), revocation_reason = 'x'"),
        (2, "revoked_at = null, revocation_reason = ''"),
        (0, "suspended_at = now()"),
        (1, "current_version_id = (select id from badges_issuanceversion v where v.issuance_id = i.id and number = 1)"),
    ],
)
def test_a_state_that_was_changed_in_silence_is_named(
    issued: list[Issuance], edit: object, number: int, change: str
) -> None:
    edit(f"update badges_issuance i set {change} where id = %s", issued[number].pk)  # noqa: S608  # that is the point

    assert found() == [("badges_issuance", str(issued[number].pk), issued[number].code)]


def test_back_dating_shows(issued: list[Issuance], badge: Badge) -> None:
    with clock.at(datetime(2020, 3, 14, 9, 26, tzinfo=UTC)):
        issuance = issue(badge)
    sequence_entries()

    [note] = list(check_log())

    assert not note.is_fault
    assert (note.row, note.code) == (str(issuance.current_version_id), issuance.code)
    assert note.sentence.startswith("it says 2020-03-14 09:26 and was recorded ")


def test_whoever_lost_the_salt_is_silent(issued: list[Issuance], edit: object) -> None:
    LogEntry.objects.filter(issuance_id=issued[0].pk).update(salt=None)
    edit("update badges_issuanceversion set recipient_name = 'x' where id = %s", issued[0].current_version_id)

    assert found() == []


def test_command_names_the_row_and_fails(issued: list[Issuance], edit: object) -> None:
    out = io.StringIO()
    version = issued[2].current_version
    edit("update badges_issuanceversion set recipient_name = 'x' where id = %s", version.pk)

    with pytest.raises(CommandError, match="differ in 1 rows"):
        call_command("check_log", stdout=out)

    code = f"{issued[2]}"
    assert out.getvalue() == f"badges_issuanceversion {version.pk} ({code}): it does not say what was logged.\n"


def test_command_says_that_all_is_well(issued: list[Issuance], badge: Badge) -> None:
    out = io.StringIO()
    issue(badge)

    call_command("check_log", stdout=out)

    assert out.getvalue() == "All 9 entries are as they were; 1 wait for a number.\n"


def run_check(*arguments: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "certificates.openbadges.check_log", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_exported_log_is_checked_against_a_head_that_was_kept(
    issued: list[Issuance], badge: Badge, tmp_path: Path
) -> None:
    kept, export = tmp_path / "head.json", tmp_path / "log.jsonl"
    head = newest_head()
    kept.write_text(json.dumps(head.as_json()))
    issue(badge)
    sequence_entries()
    call_command("check_log", export=export, stdout=io.StringIO())

    result = run_check(export, kept, head.key)

    assert result.stderr == ""
    assert result.stdout == f"The log still begins with the 9 entries of {head.signed_at}, signed with {head.key}.\n"
    assert len(export.read_text().splitlines()) == 10


def change_a_leaf(lines: list[dict[str, object]], head: dict[str, object]) -> None:
    lines[5]["leaf"] = lines[4]["leaf"]


def cut_the_log(lines: list[dict[str, object]], head: dict[str, object]) -> None:
    del lines[8:]


def take_one_out(lines: list[dict[str, object]], head: dict[str, object]) -> None:
    del lines[3]


def change_the_head(lines: list[dict[str, object]], head: dict[str, object]) -> None:
    head["signedAt"] = "2020-01-01T00:00:00.000000Z"


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (change_a_leaf, "The first 9 entries are not those that the head was signed over"),
        (cut_the_log, "The log has 8 entries; the head was signed over 9."),
        (take_one_out, "Line 4 of the log is not entry 3."),
        (change_the_head, "The head's signature does not fit"),
    ],
)
def test_exported_log_that_was_changed_is_refused(
    issued: list[Issuance], tmp_path: Path, change: object, sentence: str
) -> None:
    kept, export = tmp_path / "head.json", tmp_path / "log.jsonl"
    call_command("check_log", export=export, stdout=io.StringIO())
    lines, head = [json.loads(line) for line in export.read_text().splitlines()], newest_head().as_json()
    change(lines, head)
    export.write_text("\n".join(map(json.dumps, lines)))
    kept.write_text(json.dumps(head))

    result = run_check(export, kept)

    assert result.returncode == 1
    assert sentence in result.stderr


def test_head_of_another_log_is_refused(issued: list[Issuance], tmp_path: Path) -> None:
    kept, export = tmp_path / "head.json", tmp_path / "log.jsonl"
    call_command("check_log", export=export, stdout=io.StringIO())
    kept.write_text(json.dumps(newest_head().as_json()))

    result = run_check(export, kept, multikey(Ed25519PrivateKey.generate()))

    assert result.returncode == 1
    assert "is not the key you named" in result.stderr


def certificate_of(issuance: Issuance, path: Path) -> Path:
    path.write_bytes(certificate_pdf(certificate_content(can_see(issuance.code), paper="a4")))
    return path


def test_certificate_shows_offline_and_here_that_the_log_only_grew(
    issued: list[Issuance], badge: Badge, tmp_path: Path
) -> None:
    kept, export, out = certificate_of(issued[0], tmp_path / "kept.pdf"), tmp_path / "log.jsonl", io.StringIO()
    head = newest_head()
    issue(badge)
    sequence_entries()
    call_command("check_log", head=kept, export=export, stdout=out)

    result = run_check(export, kept, head.key)

    assert out.getvalue().splitlines()[0] == f"The log still begins with the 9 entries of {head.signed_at}."
    assert result.stdout.startswith("The log still begins with the 9 entries")


def test_head_that_is_not_of_this_log_is_refused(issued: list[Issuance], tmp_path: Path) -> None:
    key = Ed25519PrivateKey.generate()
    others = {
        "other log": SignedHead.sign(size=9, root=bytes(32), signed_at=clock.now(), key=key),
        "no signature": replace(newest_head(), signature=bytes(64)),
        "longer": replace(newest_head(), size=90),
    }
    for name, head in others.items():
        kept = tmp_path / name
        kept.write_text(json.dumps(head.as_json()))

        with pytest.raises(CommandError, match="is not of this log"):
            call_command("check_log", head=kept, stdout=io.StringIO())


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"%PDF-1.7 nothing", "This PDF carries no signed head."),
        (
            b"%PDF-1.7"
            + b"".join(b"<%b>%d</%b>" % (b"badgecertlog:signedHead", n, b"badgecertlog:signedHead") for n in (1, 2)),
            "This PDF carries several signed heads.",
        ),
        (b"{}", "This is not a signed head"),
        (b"", "cannot be read as a signed head"),
    ],
)
def test_file_without_a_head_is_refused_with_the_reason(
    db: None, tmp_path: Path, content: bytes, sentence: str
) -> None:
    kept = tmp_path / "kept"
    kept.write_bytes(content)

    with pytest.raises(CommandError, match=sentence):
        call_command("check_log", head=kept, stdout=io.StringIO())
