"""A new key to sign with, when the old one has served for long or somebody who could reach it has left."""

from argparse import ArgumentParser
from datetime import datetime
from typing import Any

from django.core.management import BaseCommand, CommandError
from django.utils.dateparse import parse_datetime
from django.utils.timezone import is_naive

from badgecert.core.seal import SealError
from certificates.actions.keys import mark_key_compromised, rotate_key
from certificates.models import SigningKey
from issuers.models import Issuer


class Command(BaseCommand):
    help = "Let an organisation sign with a new key. What was signed before stays good."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("slug", help="the organisation's address on this site, such as northgate")
        parser.add_argument(
            "--compromised-since",
            type=_instant,
            metavar="INSTANT",
            help="the old keys were in other hands since then, such as 2026-11-22T14:00Z: they prove nothing any more",
        )

    def handle(self, *args: Any, slug: str, compromised_since: datetime | None, **options: Any) -> None:
        try:
            issuer = Issuer.objects.get(slug=slug)
        except Issuer.DoesNotExist as error:
            msg = f"There is no organisation with the address {slug}."
            raise CommandError(msg) from error
        old = list(SigningKey.objects.active().filter(issuer=issuer))
        try:
            key = rotate_key(issuer, by=None)
        except SealError as error:
            raise CommandError(str(error)) from error
        if compromised_since:
            for lost in old:
                mark_key_compromised(lost, at=compromised_since, by=None)
        self.stdout.write(f"{issuer.name} signs with {key.fragment} from now on.")


def _instant(text: str) -> datetime:
    instant = parse_datetime(text)
    if instant is None or is_naive(instant):
        msg = "Write the instant with its zone, such as 2026-11-22T14:00Z."
        raise ValueError(msg)
    return instant
