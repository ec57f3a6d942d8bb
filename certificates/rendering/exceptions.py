class CertificateError(ValueError):
    """The certificate cannot be rendered as it should be; the message says why."""


class UnrenderableTextError(CertificateError):
    """No bundled font has some of the characters; the message names them."""


class BrokenAssetError(CertificateError):
    """A picture is damaged, or it refers to something outside the certificate."""


class BusyPressError(Exception):
    """Every process that prints is at work."""


class JammedPressError(Exception):
    """The process that prints ended, hung or failed, and so it did again."""
