from typing import NamedTuple


class DocumentKey(NamedTuple):
    """What an issuer signs its documents with."""

    private: bytes
    """PKCS #8, DER."""
    certificates: tuple[bytes, ...]
    """DER: the issuer's own first, then those of the authorities that vouch for it."""
