"""Typed into `manage.py shell` by scripts/containers.py: an organisation, its badge, and one person who earned it."""

import io
import json

from PIL import Image

from badgecert.accounts.models import User
from badgecert.core import clock
from badgecert.core.pictures import picture_from_upload
from badges.actions.badges import BadgeContent, make_badge, publish_badge
from badges.actions.issuances import NewIssuance, issue_badges
from issuers.actions import register_issuer

picture = io.BytesIO()
Image.new("RGB", (600, 600), "#5b1f55").save(picture, "PNG")

owner = User.objects.create_user("owner@northgate.example", "brass-line-and-plum-ink")
issuer = register_issuer(
    owner=owner,
    by=None,
    name="Northgate Council",
    slug="northgate",
    url="https://northgate.example",
    email="badges@northgate.example",
)
content = BadgeContent(
    name="Infection Control Practitioner",
    description="Keeps patients and colleagues safe from infection.",
    criteria_to_earn="Pass the examination with 80% or more.",
    picture=picture_from_upload(picture.getvalue()),
)
badge = publish_badge(make_badge(issuer, content=content, by=owner, slug="infection-control"), by=owner)
person = NewIssuance(recipient_name="Ana Núñez", recipient_email="ana@example.org", issued_on=clock.today())
[issuance] = issue_badges([person], badge_version=badge.current_version, by=owner)
print(json.dumps({"code": issuance.code, "email": person.recipient_email, "name": person.recipient_name}))
