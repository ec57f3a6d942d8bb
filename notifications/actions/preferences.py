"""What mail an earner wants."""

from django.db import transaction

from badgecert.core import audit, clock
from badges.models import Issuance
from notifications.models import Preference


@transaction.atomic
def stop_reminders(issuance: Issuance) -> None:
    """No more reminders from this organisation to this earner. Whoever has the link in the mail may say so; twice too."""
    if issuance.earner is None:
        return
    Preference.objects.update_or_create(
        user=issuance.earner, issuer=issuance.issuer, defaults={"reminders_stopped_at": clock.now()}
    )
    audit.record("reminders stopped", issuance, by=issuance.earner, issuer_id=issuance.issuer_id)
