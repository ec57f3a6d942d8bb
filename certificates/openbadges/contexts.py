"""The JSON-LD contexts, bundled by exact address and digest. Nothing is ever fetched."""

import hashlib
from functools import cache
from pathlib import Path

from pyld import BUNDLED_CONTEXTS, FrozenDocumentLoader

CREDENTIALS_V2 = "https://www.w3.org/ns/credentials/v2"
OPEN_BADGES_V3 = "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"
OPEN_BADGES_V3_EXTENSIONS = "https://purl.imsglobal.org/spec/ob/v3p0/extensions.json"
OPEN_BADGES_V2 = "https://w3id.org/openbadges/v2"

_FOLDER = Path(__file__).with_name("contexts")
# Address: file, SHA-256. The digests are those of standards.md §1 where it names one.
_FILES = {
    CREDENTIALS_V2: ("credentials-v2.json", "59955ced6697d61e03f2b2556febe5308ab16842846f5b586d7f1f7adec92734"),
    OPEN_BADGES_V3: (
        "ob-v3p0-context-3.0.3.json",
        "3d34f4d4ef1bce691106e63798beb5e7b862ba841423f5ee1e53ab7ddf3bca84",
    ),
    "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.2.json": (
        "ob-v3p0-context-3.0.2.json",
        "00666ad080ba407687ed1846b7f5e7495f5019042b202a727de47c48a1755c53",
    ),
    "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.1.json": (
        "ob-v3p0-context-3.0.1.json",
        "5f3d9dd6288ef437ff8286cf95ffbff609c748a66f24a1e9450c45ca64be1571",
    ),
    OPEN_BADGES_V3_EXTENSIONS: (
        "ob-v3p0-extensions.json",
        "87c06c81bc2317663bf288d740d94fddd2818c4342b186270ff6371dfaa63f93",
    ),
    "https://w3id.org/security/data-integrity/v2": (
        "security-data-integrity-v2.json",
        "67f21e6e33a6c14e5ccfd2fc7865f7474fb71a04af7e94136cb399dfac8ae8f4",
    ),
    "https://w3id.org/security/multikey/v1": (
        "security-multikey-v1.json",
        "ba2c182de2d92f7e47184bcca8fcf0beaee6d3986c527bf664c195bbc7c58597",
    ),
}
_FROM_PYLD = (
    "https://www.w3.org/2018/credentials/v1",
    "https://www.w3.org/ns/did/v1",
    "https://w3id.org/security/v1",
    "https://w3id.org/security/v2",
    "https://w3id.org/security/suites/ed25519-2020/v1",
)


def known_contexts() -> frozenset[str]:
    return frozenset(_FILES) | frozenset(_FROM_PYLD)


@cache
def loader() -> FrozenDocumentLoader:
    """Serves the bundled contexts and refuses everything else. Raises ValueError when a file is not what it was."""
    documents = {address: BUNDLED_CONTEXTS[address] for address in _FROM_PYLD}
    for address, (name, digest) in _FILES.items():
        path = _FOLDER / name
        if hashlib.sha256(path.read_bytes()).hexdigest() != digest:
            msg = f"The bundled context {name} has been changed."
            raise ValueError(msg)
        documents[address] = path
    return FrozenDocumentLoader(documents=documents)
