"""What nobody needs any more goes away by itself."""

from datetime import timedelta

from django.conf import settings
from django.contrib.sessions.models import Session

from badgecert.accounts.models import KnownBrowser, PasswordRequest, TemporaryPassword
from badgecert.core import clock

# Longer than the hour that the limits look back, and than a day's discussion of what arrived.
_REQUESTS_KEPT = timedelta(days=2)
# So long after its end a mail's password still says that it has expired, rather than that it is wrong.
_TEMPORARY_PASSWORDS_KEPT = timedelta(days=365)


def forget_old_rows() -> None:
    """Requests that were answered, temporary passwords long over, browsers not used for half a year, dead sessions."""
    now = clock.now()
    PasswordRequest.objects.filter(answered_at__isnull=False, created_at__lt=now - _REQUESTS_KEPT).delete()
    TemporaryPassword.objects.filter(expires_at__lt=now - _TEMPORARY_PASSWORDS_KEPT).delete()
    KnownBrowser.objects.filter(logged_in_at__lt=now - timedelta(days=settings.KNOWN_BROWSER_DAYS)).delete()
    Session.objects.filter(expire_date__lt=now).delete()
