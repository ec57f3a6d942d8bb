"""The queue of files for a first run: kombu's own transport, with messages that appear whole.

kombu gives a message its final name before writing it, so a worker can take an empty file and end on it.
"""

import time
import uuid
from pathlib import Path
from typing import Any

from kombu.transport import TRANSPORT_ALIASES, filesystem
from kombu.utils.json import dumps

SCHEME = "files"


class Channel(filesystem.Channel):
    # kombu names the parameter in two ways, so that nothing fits both.
    def _put(self, queue: str, message: Any, **kwargs: Any) -> None:  # type: ignore[override]
        # Readers take names that end with the queue's, in their order.
        file = Path(self.data_folder_out) / f"{time.time_ns()}_{uuid.uuid4()}.{queue}.msg"
        unfinished = file.with_name(f"{file.name}.part")
        unfinished.write_text(dumps(message))
        unfinished.replace(file)


class Transport(filesystem.Transport):
    Channel = Channel


def register() -> None:
    """Let CELERY_BROKER_URL name this transport by its scheme."""
    TRANSPORT_ALIASES[SCHEME] = f"{__name__}:Transport"
