"""A mail server that takes every mail and forgets it, in a process of its own. It prints its port.

It takes a millisecond over each, as a server on the same machine does that writes its queue: a bare loop on one
connection then sends about 500 a second. With --pipelining it offers what Postfix, Exim and the others offer.
"""

import asyncio
import sys

from aiosmtpd.smtp import SMTP, Envelope, Session

KEEPING_SECONDS = 0.001


class Sink:
    async def handle_EHLO(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        session.host_name = hostname
        if "--pipelining" in sys.argv:
            responses.insert(1, "250-PIPELINING")
        return responses

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802  its name there
        await asyncio.sleep(KEEPING_SECONDS)
        return "250 OK"


async def main() -> None:
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(Sink(), loop=loop, hostname="sink"), "127.0.0.1", 0)
    sys.stdout.write(f"{server.sockets[0].getsockname()[1]}\n")
    sys.stdout.flush()
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main())
