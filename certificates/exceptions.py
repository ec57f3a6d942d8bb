from badgecert.core.exceptions import RefusedError


class CertificateImpossibleError(RefusedError):
    """There is no certificate, or it cannot be drawn; the sentence is fit for the page."""
