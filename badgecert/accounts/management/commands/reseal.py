from typing import Any

from allauth.mfa.models import Authenticator
from django.core.management.base import BaseCommand
from django.db import transaction

from badgecert.core import seal


class Command(BaseCommand):
    help = "Seal the seeds of authenticator apps and recovery codes with the first of the SEALING_KEYS."

    def handle(self, *args: Any, **options: Any) -> None:
        done = 0
        for pk in Authenticator.objects.exclude(type=Authenticator.Type.WEBAUTHN).values_list("pk", flat=True):
            with transaction.atomic():
                one = Authenticator.objects.select_for_update().get(pk=pk)
                name = "secret" if one.type == Authenticator.Type.TOTP else "seed"
                one.data[name] = seal.seal(seal.open_sealed(one.data[name].encode())).decode()
                one.save(update_fields=["data"])
            done += 1
        self.stdout.write(f"{done} seeds are sealed with the first key.")
