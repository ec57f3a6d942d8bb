"""The plainest valid rows, made by the same actions as in the product."""

import io
from datetime import date
from functools import cache
from itertools import count
from typing import Any

from PIL import Image

from badgecert.accounts.actions import confirm_address
from badgecert.accounts.models import User
from badgecert.core.models import Picture
from badgecert.core.pictures import picture_from_upload
from badges.actions.badges import BadgeContent, make_badge, publish_badge
from badges.actions.issuances import NewIssuance, issue_badges
from badges.models import Badge, Issuance
from issuers.actions import add_staff, register_issuer
from issuers.models import Issuer, StaffRole

PASSWORD = "brass-line-and-plum-ink"

_numbers = count(1)


def make_user(email: str = "", *, password: str = PASSWORD, **fields: Any) -> User:
    """An account whose address is proven."""
    user = User.objects.create_user(email or f"person{next(_numbers)}@example.org", password, **fields)
    confirm_address(user, address=user.email)
    return user


def make_issuer(*, owner: User | None = None, **fields: Any) -> Issuer:
    number = next(_numbers)
    return register_issuer(
        owner=owner or make_user(),
        by=None,
        **{
            "name": f"Northgate Council {number}",
            "slug": f"northgate-{number}",
            "url": "https://northgate.example",
            "email": "badges@northgate.example",
            **fields,
        },
    )


def make_staff(issuer: Issuer, *, role: str = StaffRole.MANAGER, **fields: Any) -> User:
    user = make_user(**fields)
    add_staff(issuer, user=user, role=role, by=None)
    return user


def make_png(colour: str = "#5b1f55", *, size: tuple[int, int] = (600, 600)) -> bytes:
    out = io.BytesIO()
    Image.new("RGBA", size, colour).save(out, "PNG")
    return out.getvalue()


def make_picture(colour: str = "#5b1f55") -> Picture:
    fields = _picture_fields(colour)
    return Picture.objects.get_or_create(sha256=fields["sha256"], defaults=fields)[0]


@cache
def _picture_fields(colour: str) -> dict[str, Any]:
    """Drawing one takes longer than all else that a badge is made of, and nearly every test makes a badge."""
    picture = picture_from_upload(make_png(colour))
    return {field.attname: getattr(picture, field.attname) for field in Picture._meta.concrete_fields}


def make_badge_content(**fields: Any) -> BadgeContent:
    return BadgeContent(
        **{
            "name": "Infection Control Practitioner",
            "description": "Keeps patients and colleagues safe from infection.",
            "criteria_to_earn": "Pass the examination with 80% or more.",
            "picture": make_picture(),
            "certificate_design": "engraved",
            **fields,
        }
    )


def make_published_badge(issuer: Issuer, *, content: dict[str, Any] | None = None, **live: Any) -> Badge:
    owner = User.objects.get(staff_memberships__issuer=issuer, staff_memberships__role=StaffRole.OWNER)
    badge = make_badge(
        issuer,
        content=make_badge_content(**(content or {})),
        by=owner,
        **{"slug": f"icp-{next(_numbers)}", **live},
    )
    return publish_badge(badge, by=owner)


def issue(
    badge: Badge,
    *,
    to: User | str = "",
    name: str = "Amara Okafor-Lindqvist",
    by: User | None = None,
    issued_on: date | None = None,
    **fields: Any,
) -> Issuance:
    """One issuance of the badge, to an account or an address."""
    day = issued_on or date(2026, 11, 1)
    [issuance] = issue_badges(
        [
            NewIssuance(
                recipient_name=name,
                recipient_email=to.email if isinstance(to, User) else to or f"earner{next(_numbers)}@example.org",
                issued_on=day,
                **{"expires_on": badge.expires_on_for(day), **fields},
            )
        ],
        badge_version=badge.current_version,
        by=by or User.objects.get(staff_memberships__issuer=badge.issuer, staff_memberships__role=StaffRole.OWNER),
    )
    return issuance
