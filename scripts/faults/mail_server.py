"""A mail server that misbehaves on request, in a process of its own: python -m scripts.faults.mail_server FOLDER

The folder holds `mode` (read again for every mail: accept, slow[:SECONDS], hang, hang_after_dot, drop_before_dot,
drop_after_dot, or a code of REFUSED), `met` (the mode that each mail met), `taken` (one JSON line for each mail that it
took, written before it answers) and `journal`, a Maildir with a copy of each: what a real server keeps with always_bcc.
It prints its port.
"""

import asyncio
import hashlib
import json
import os
import re
import sys
import time
from pathlib import Path

# Longer than any time-out in the tests.
HANG_SECONDS = 60
SLOW_SECONDS = 0.3
REFUSED = {
    "421": "421 4.3.2 Closing the connection",
    "450": "450 4.2.1 The mailbox is busy",
    "452": "452 4.3.1 The disk is full",
    "550": "550 5.1.1 No such mailbox",
}
_MESSAGE_ID = re.compile(rb"^message-id:\s*(<[^>]+>)", re.IGNORECASE | re.MULTILINE)


class MailServer:
    def __init__(self, folder: Path) -> None:
        self._mode = folder / "mode"
        self._taken = os.open(folder / "taken", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
        self._met = os.open(folder / "met", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
        self._journal = folder / "journal"
        for name in ("new", "cur", "tmp"):
            (self._journal / name).mkdir(parents=True, exist_ok=True)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await self._talk(reader, writer)
        except (OSError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        async def answer(line: str) -> None:
            writer.write(f"{line}\r\n".encode())
            await writer.drain()

        await answer("220 faults ESMTP")
        recipient, mode = "", "accept"
        while command := (await reader.readline()).decode("latin-1").strip():
            verb = command[:4].upper()
            if verb == "EHLO":
                await answer("250-faults\r\n250 SIZE 10000000")
            elif verb == "RCPT":
                recipient, mode = command.partition("<")[2].partition(">")[0], self._mode.read_text().strip()
                self._note(mode)
                if mode == "hang":
                    await asyncio.sleep(HANG_SECONDS)
                await answer(REFUSED.get(mode, "250 OK"))
                if mode == "421":
                    return
            elif verb == "DATA":
                await answer("354 Go on")
                if mode == "drop_before_dot":
                    await reader.readuntil(b"\r\n\r\n")
                    return
                content = await reader.readuntil(b"\r\n.\r\n")
                if mode.startswith("slow"):
                    await asyncio.sleep(float(mode.partition(":")[2] or SLOW_SECONDS) / 2)
                self._keep(recipient, content[:-3])
                if mode.startswith("slow"):
                    await asyncio.sleep(float(mode.partition(":")[2] or SLOW_SECONDS) / 2)
                if mode == "drop_after_dot":
                    return
                if mode == "hang_after_dot":
                    await asyncio.sleep(HANG_SECONDS)
                await answer("250 OK")
            elif verb == "QUIT":
                await answer("221 Bye")
                return
            else:
                await answer("250 OK")

    def _note(self, mode: str) -> None:
        os.write(self._met, f"{mode}\n".encode())

    def _keep(self, recipient: str, content: bytes) -> None:
        found = _MESSAGE_ID.search(content)
        message_id = found[1].decode() if found else ""
        # A repeat carries the same bytes, so it lands on the same name: this is a record, not a mailbox.
        (self._journal / "new" / hashlib.sha256(message_id.encode()).hexdigest()).write_bytes(content)
        line = {
            "to": recipient,
            "message_id": message_id,
            "sha256": hashlib.sha256(content).hexdigest(),
            "at": time.time(),
        }
        os.write(self._taken, json.dumps(line).encode() + b"\n")


async def main(folder: Path) -> None:
    server = await asyncio.start_server(MailServer(folder).serve, "127.0.0.1", 0, limit=10_000_000)
    sys.stdout.write(f"{server.sockets[0].getsockname()[1]}\n")
    sys.stdout.flush()
    async with server:
        await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1])))
