"""What this app holds about a person, in plain values, for their own file."""

from typing import Any

from badgecert.accounts.models import User
from badgecert.accounts.personal_data import trail_of
from badges.models import BatchRow, Issuance, IssuanceVersion, ProposedChange, ShareLink, VisibilityPreference

_SAYS = (
    "number",
    "kind",
    "recipient_name",
    "issued_on",
    "expires_on",
    "narrative",
    "evidence",
    "issuer_name",
    "changed_fields",
    "public_reason",
    "created_at",
)


def personal_data_of(user: User) -> dict[str, Any]:
    held = list(Issuance.objects.held_by(user).select_related("badge", "issuer").order_by("pk"))
    versions: dict[Any, list[dict[str, Any]]] = {issuance.pk: [] for issuance in held}
    for said in (
        IssuanceVersion.objects.filter(issuance__in=held)
        .order_by("issuance", "number")
        .values("issuance_id", "badge_version__name", *_SAYS)
    ):
        versions[said.pop("issuance_id")].append({"badge": said.pop("badge_version__name"), **said})
    return {
        "badges": [
            {
                "code": issuance.code,
                "address": issuance.public_url,
                "organisation": issuance.issuer.name,
                "sent_to": issuance.recipient_email,
                "visible_to": issuance.visibility,
                "completed_on": issuance.completed_on,
                "issued_at": issuance.issued_at,
                "claimed_at": issuance.claimed_at,
                "declined_at": issuance.declined_at,
                "archived_at": issuance.archived_at,
                "suspended_at": issuance.suspended_at,
                "revoked_at": issuance.revoked_at,
                "revocation_reason": issuance.revocation_reason,
                "versions": versions[issuance.pk],
            }
            for issuance in held
        ],
        "share_links": list(
            ShareLink.objects.filter(earner=user)
            .order_by("pk")
            .values(
                "issuance__code",
                "name",
                "parts",
                "created_at",
                "ends_on",
                "withdrawn_at",
                "opened_count",
                "last_opened_on",
            )
        ),
        "visibility_of_new_badges": VisibilityPreference.objects.filter(user=user)
        .values("new_badges", "allows_search_engines")
        .first(),
        "lines_of_files": list(
            BatchRow.objects.filter(issuance__in=held).order_by("pk").values("issuance__code", "line", "cells")
        ),
        "lines_of_changes": list(
            ProposedChange.objects.filter(issuance__in=held)
            .order_by("pk")
            .values("issuance__code", "line", "cells", "stated")
        ),
        "trail_of_badges": trail_of([issuance.pk for issuance in held], user),
    }
