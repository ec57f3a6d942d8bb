from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest


def site(request: HttpRequest) -> dict[str, object]:
    """What every page says about the place it stands in."""
    return {
        "site_name": settings.SITE_NAME,
        "operator_name": settings.OPERATOR_NAME or settings.SITE_NAME,
        "operator_email": settings.OPERATOR_EMAIL,
        "base_url": settings.BASE_URL,
        "base_host": urlsplit(settings.BASE_URL).netloc,
        "demo": settings.DEMO,
        "view_name": request.resolver_match.view_name if request.resolver_match else "",
    }
