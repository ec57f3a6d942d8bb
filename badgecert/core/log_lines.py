"""What may not stand in a log: whoever reads one must not be able to open, claim or log in with what others were sent."""

import re

# Addresses whose next part opens something by itself.
_BEFORE_A_TOKEN = re.compile(
    r"((?:/|%2F)(?:s|claim|log-in/link|addresses/confirm|addresses/agree|mail/stop)(?:/|%2F))[^/?#&\s\"'<>\\]+",
    re.IGNORECASE,
)


def hide_tokens(logger: object, name: str, line: str) -> str:
    """The last processor of structlog: the finished line, tracebacks and all, without the tokens of our links."""
    return _BEFORE_A_TOKEN.sub(r"\1***", line)
