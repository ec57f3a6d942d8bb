from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject


def me(request: HttpRequest) -> dict[str, object]:
    """What the top of every page calls whoever is logged in. Costs a query, and only where it is shown."""

    def name() -> str:
        profile = getattr(request.user, "profile", None)
        return profile.display_name if profile else str(request.user)

    return {"my_name": SimpleLazyObject(name)}
