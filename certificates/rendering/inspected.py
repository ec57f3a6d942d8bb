from typing import NamedTuple


class Signature(NamedTuple):
    """One signature in a PDF. Whether its certificate is anybody's is not for the file to say."""

    certificate_sha256: str
    signed_at: str
    """By the signer's own clock."""
    is_whole: bool
    """It fits, and it covers every byte of the file."""
    reason: str = ""
    """Why it was signed, in the signer's words."""


class Inspected(NamedTuple):
    signatures: tuple[Signature, ...]
    lines: tuple[str, ...]
