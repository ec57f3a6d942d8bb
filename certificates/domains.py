"""Whether a domain says that it is an organisation's: by a record of its names, or by a file at its address.

What it must say is the organisation's DID, which is public: whoever can write it there controls the domain.
"""

import re
from dataclasses import dataclass, field
from enum import StrEnum

from certificates import dns
from certificates.fetching import GuardedClient
from certificates.openbadges.exceptions import UnavailableError

RECORD_PREFIX = "_badgecert"
FILE_PATH = "/.well-known/badgecert.json"
_RECORD_START = "badgecert="
_LABEL = r"(?!-)[a-z0-9-]{1,63}(?<!-)"
_DOMAIN = re.compile(rf"(?:{_LABEL}\.)+(?!\d)[a-z0-9-]{{2,63}}")
_LONGEST = 253 - len(RECORD_PREFIX) - 1


class Says(StrEnum):
    YES = "yes"
    NO = "no"
    # Nobody could be asked, which is not the domain's fault.
    SILENT = "silent"


def domain_in(typed: str) -> str:
    """The domain in what somebody typed, perhaps an address on the web. Raises ValueError."""
    host = re.sub(r"^https?://", "", typed.strip().casefold()).partition("/")[0].removesuffix(".").removeprefix("www.")
    domain = host.encode("idna").decode()
    if len(domain) > _LONGEST or not _DOMAIN.fullmatch(domain):
        raise ValueError
    return domain


def record_for(did: str) -> str:
    return f"{_RECORD_START}{did}"


@dataclass(frozen=True, slots=True)
class DomainQuestion:
    """Where it is asked; the servers can be others in tests."""

    client: GuardedClient = field(default_factory=GuardedClient)
    servers: tuple[dns.Server, ...] | None = None

    def says(self, domain: str, did: str) -> Says:
        by_record = self._record_says(domain, did)
        if by_record == Says.YES:
            return by_record
        by_file = self._file_says(domain, did)
        return by_file if by_file != Says.SILENT else by_record

    def _record_says(self, domain: str, did: str) -> Says:
        try:
            texts = dns.texts_at(f"{RECORD_PREFIX}.{domain}", servers=self.servers)
        except dns.NoAnswerError:
            return Says.SILENT
        return Says.YES if record_for(did) in map(str.strip, texts) else Says.NO

    def _file_says(self, domain: str, did: str) -> Says:
        try:
            said = self.client.document_at(f"https://{domain}{FILE_PATH}")
        except UnavailableError:
            return Says.SILENT
        issuers = said.get("issuers")
        return Says.YES if isinstance(issuers, list) and did in issuers else Says.NO
