from badgecert.core.exceptions import RefusedError


class CertificateImpossibleError(RefusedError):
    """There is no certificate, or it cannot be drawn; the sentence is fit for the page."""


class CertificateBusyError(RefusedError):
    """Others are printing at this moment; the page looks again by itself."""


class CertificateFileRefusedError(RefusedError):
    """Nothing can be signed with what is in this file; the sentence says why."""


class DomainRefusedError(RefusedError):
    """A domain is none, or does not say whose it is; the sentence says what to do."""
