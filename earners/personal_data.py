"""What this app holds about a person, in plain values, for their own file."""

from typing import Any

from allauth.account.models import EmailAddress
from django.forms import model_to_dict

from badgecert.accounts.models import User
from badgecert.accounts.personal_data import trail_of
from earners.models import Collection, EarnerRequest, Profile, Question, RequestEntry


def personal_data_of(user: User) -> dict[str, Any]:
    profile = Profile.objects.filter(user=user).first()
    requests = list(EarnerRequest.objects.filter(earner=user).select_related("issuer", "issuance").order_by("pk"))
    said: dict[Any, list[dict[str, Any]]] = {request.pk: [] for request in requests}
    for entry in RequestEntry.objects.filter(request__in=requests).order_by("created_at", "pk"):
        said[entry.request_id].append(
            {"at": entry.created_at, "what": entry.kind, "from_staff": entry.is_from_staff, "text": entry.text}
        )
    collections = Collection.objects.of(user).prefetch_related("items__issuance")
    return {
        "collections": [
            {
                "title": collection.title,
                "published": collection.is_published,
                "made_at": collection.created_at,
                "badges": [item.issuance.code for item in collection.items.all()],
            }
            for collection in collections
        ],
        "profile": model_to_dict(profile, exclude=("id", "user")) if profile else None,
        "requests": [
            {
                "about": request.kind,
                "code": request.issuance.code,
                "organisation": request.issuer.name,
                "state": request.state,
                "asked_at": request.created_at,
                "due_on": request.due_on,
                "wanted_name": request.wanted_name,
                "wanted_on": request.wanted_on,
                "employer": request.employer,
                "postal_address": request.postal_address,
                "said": said[request.pk],
            }
            for request in requests
        ],
        "questions": list(
            # Anybody can type anybody's address there.
            Question.objects.filter(from_key__in=EmailAddress.objects.filter(user=user, verified=True).values("email"))
            .order_by("pk")
            .values("issuer__name", "topic", "name", "from_address", "text", "created_at")
        ),
        "trail_of_requests": trail_of([request.pk for request in requests], user),
    }
