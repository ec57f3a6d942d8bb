import json
from argparse import ArgumentParser
from itertools import count
from pathlib import Path
from typing import Any

from django.core.management import BaseCommand, CommandError

from certificates.log_check import check_log
from certificates.models import LogEntry
from certificates.openbadges.check_log import head_in
from certificates.public_log import MOST_ENTRIES, entries_between, newest_head, still_holds

# Of a thousand badges brought over from elsewhere every one says an earlier time.
_MOST_NOTES = 10


class Command(BaseCommand):
    help = (
        "Recompute the public log from the versions and documents it speaks of, and name every row that was changed. "
        "With --head also prove that a head somebody kept, or a PDF that carries one, is of this very log. "
        "With --export also write it to a file, for `python -m certificates.openbadges.check_log FILE HEAD`."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--head", metavar="FILE", type=Path, help="a signed head (JSON), or a PDF that carries one")
        parser.add_argument("--export", metavar="FILE", type=Path, help="write a line of JSON for each entry")

    def handle(
        self, *args: Any, head: Path | None, export: Path | None, **options: Any
    ) -> None:  # Django's own calling
        if head:
            self._prove(head)
        if export:
            self._export(export)
        findings = list(check_log())
        faults = [finding for finding in findings if finding.is_fault]
        notes = [finding for finding in findings if not finding.is_fault]
        for finding in (*faults, *notes[:_MOST_NOTES]):
            self.stdout.write(str(finding))
        if len(notes) > _MOST_NOTES:
            self.stdout.write(f"… and {len(notes) - _MOST_NOTES} more that say an earlier time than the log's.")
        if faults:
            msg = f"The log and the register differ in {len(faults)} rows."
            raise CommandError(msg)
        newest = newest_head()
        waiting = LogEntry.objects.filter(index=None).count()
        self.stdout.write(f"All {newest.size if newest else 0} entries are as they were; {waiting} wait for a number.")

    def _prove(self, path: Path) -> None:
        try:
            kept = head_in(path.read_bytes())
        except (OSError, ValueError) as error:
            msg = f"{path} cannot be read as a signed head. {error}"
            raise CommandError(msg) from error
        if not still_holds(kept):
            msg = f"The head of {kept.size} entries that was signed at {kept.signed_at} is not of this log."
            raise CommandError(msg)
        self.stdout.write(f"The log still begins with the {kept.size} entries of {kept.signed_at}.")

    def _export(self, path: Path) -> None:
        with path.open("w", encoding="utf-8") as file:
            for start in count(step=MOST_ENTRIES):
                entries = entries_between(start, start + MOST_ENTRIES)
                if not entries:
                    break
                file.writelines(json.dumps(entry) + "\n" for entry in entries)
