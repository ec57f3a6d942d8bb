class CertificateError(ValueError):
    """The certificate cannot be rendered as it should be; the message says why."""


class UnrenderableTextError(CertificateError):
    """No bundled font has some of the characters; the message names them."""


class BrokenAssetError(CertificateError):
    """A picture is damaged, or it refers to something outside the certificate."""
