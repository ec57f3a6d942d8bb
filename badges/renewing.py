from datetime import date

from dateutil.relativedelta import relativedelta

from badges.models import ExpiryRule, Issuance


def renewed_until(issuance: Issuance) -> date | None:
    """One period of the badge further, or a year where it has none; nothing for what never expires."""
    old = issuance.current_version.expires_on
    badge = issuance.badge
    if old is None:
        return None
    if badge.expiry_rule == ExpiryRule.FIXED and badge.expiry_on and badge.expiry_on > old:
        return badge.expiry_on
    months = badge.expiry_months if badge.expiry_rule == ExpiryRule.PERIOD and badge.expiry_months else 12
    further: date = old + relativedelta(months=months)
    return further
