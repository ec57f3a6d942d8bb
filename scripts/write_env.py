"""Write the settings of a demonstration, secrets included, into .env; keep what a former run wrote.

Only the standard library: this also runs before anything is installed.
"""

import argparse
import base64
import re
import secrets
from pathlib import Path

HEAD = (
    "# Written by scripts/dev.sh run for a demonstration on this machine. Every setting is explained in .env.example.\n"
)
DEFAULT_PORT = 8000


def main() -> None:
    parser = argparse.ArgumentParser(prog="scripts/dev.sh run", description=__doc__)
    parser.add_argument("--file", type=Path, default=Path(__file__).resolve().parent.parent / ".env")
    parser.add_argument("--port", type=int, help=f"the port of BASE_URL; {DEFAULT_PORT} unless .env has another")
    options = parser.parse_args()

    text = options.file.read_text() if options.file.exists() else HEAD + "DEMO=true\n"
    if not re.search(r"^DEMO=true$", text, re.MULTILINE):
        raise SystemExit(
            f"Stopped: {options.file} is not a demonstration's (no DEMO=true). Move it away to run the demo here."
        )
    fresh = {
        "BASE_URL": f"http://127.0.0.1:{DEFAULT_PORT}",
        "OPERATOR_NAME": "The demonstration",
        "SECRET_KEY": secrets.token_urlsafe(50),
        "SEALING_KEYS": base64.urlsafe_b64encode(secrets.token_bytes(32)).decode(),
    }
    for name, value in fresh.items():
        if not re.search(rf"^{name}=", text, re.MULTILINE):
            text += f"{name}={value}\n"
    if options.port:
        text = re.sub(r"^BASE_URL=.*$", f"BASE_URL=http://127.0.0.1:{options.port}", text, flags=re.MULTILINE)

    options.file.touch(mode=0o600)
    options.file.write_text(text)


if __name__ == "__main__":
    main()
