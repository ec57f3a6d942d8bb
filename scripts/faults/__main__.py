"""Break things while mail is sent, and count. Real PostgreSQL, Redis, Celery workers and a mail server that misbehaves."""

import argparse
import json
import signal
import sys
from typing import TYPE_CHECKING

from scripts.faults.site import Site, prepare

if TYPE_CHECKING:
    from scripts.faults.faults import Result

MESSAGES = 1000


def main() -> None:
    parser = argparse.ArgumentParser(prog="sh scripts/dev.sh faults", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help="which; all without")
    parser.add_argument("--json", action="store_true", help="one JSON object a line")
    parser.add_argument("--messages", type=int, default=MESSAGES, help="issuances for each fault")
    parser.add_argument("--journal", action="store_true", help="ask the mail server's own record before a second try")
    options = parser.parse_args()

    # Who is asked to end takes everything down that it has started.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("Asked to end."))
    prepare()
    # Django's settings are read on import, so it waits for prepare().
    from scripts.faults.faults import FAULTS  # noqa: PLC0415

    unknown = set(options.names) - FAULTS.keys()
    if unknown:
        parser.error(f"there is no {', '.join(sorted(unknown))}; there are: {', '.join(FAULTS)}")
    kept = True
    with Site(has_journal=options.journal) as site:
        for name, fault in FAULTS.items():
            if not options.names or name in options.names:
                result = fault(site, options.messages)
                report(result, as_json=options.json)
                kept = kept and result.is_as_promised
    if not kept:
        sys.exit("A promise is broken; docs/operations.md says which there are.")


def report(result: "Result", *, as_json: bool) -> None:
    figures = result.as_dict()
    words = ", ".join(f"{key} {value}" for key, value in figures.items() if key != "name")
    sys.stdout.write((json.dumps(figures) if as_json else f"{result.name:20} {words}") + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
