from datetime import datetime
from typing import NamedTuple


class Attached(NamedTuple):
    """A file inside a PDF that belongs to what the page says."""

    name: str
    content: bytes
    description: str
    made_at: datetime
