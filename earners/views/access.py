import uuid

from django.http import HttpRequest
from django.shortcuts import get_object_or_404

from badgecert.accounts.models import User
from badges.models import Issuance


class PersonRequest(HttpRequest):
    """From somebody who is logged in: LoginRequiredMiddleware saw to it."""

    user: User


def own_issuance(request: PersonRequest, issuance_id: uuid.UUID) -> Issuance:
    """Raises Http404 for what belongs to others too: nobody learns that it exists."""
    return get_object_or_404(Issuance.objects.held_by(request.user).with_what_they_say(), pk=issuance_id)


def is_welcomed(user: User) -> bool:
    """This person has seen the page that greets them. The header of the page needs their profile anyway."""
    profile = getattr(user, "profile", None)
    return profile is not None and profile.welcomed_at is not None
