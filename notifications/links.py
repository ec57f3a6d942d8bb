"""Whole addresses of our own pages, for mail."""

import uuid

from django.conf import settings
from django.urls import reverse


def portfolio_url(issuance_id: uuid.UUID) -> str:
    """The badge as its earner sees it, after logging in."""
    return f"{settings.BASE_URL}{reverse('earners:issuance', args=[issuance_id])}"
