import json
from argparse import ArgumentParser
from itertools import count
from pathlib import Path
from typing import Any

from django.core.management import BaseCommand, CommandError

from certificates.log_check import check_log
from certificates.models import LogEntry
from certificates.public_log import MOST_ENTRIES, entries_between, newest_head

# Of a thousand badges brought over from elsewhere every one says an earlier time.
_MOST_NOTES = 10


class Command(BaseCommand):
    help = (
        "Recompute the public log from the versions and documents it speaks of, and name every row that was changed. "
        "With --export also write it to a file, for `python -m certificates.openbadges.check_log FILE HEAD`."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--export", metavar="FILE", type=Path, help="write a line of JSON for each entry")

    def handle(self, *args: Any, export: Path | None, **options: Any) -> None:  # Django's own calling
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
        head = newest_head()
        waiting = LogEntry.objects.filter(index=None).count()
        self.stdout.write(f"All {head.size if head else 0} entries are as they were; {waiting} wait for a number.")

    def _export(self, path: Path) -> None:
        with path.open("w", encoding="utf-8") as file:
            for start in count(step=MOST_ENTRIES):
                entries = entries_between(start, start + MOST_ENTRIES)
                if not entries:
                    break
                file.writelines(json.dumps(entry) + "\n" for entry in entries)
