"""Confirming that a domain is an organisation's, and asking it again every day."""

from datetime import timedelta

import structlog
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from badgecert.accounts.models import User
from badgecert.core import audit, clock
from certificates.addresses import did_of
from certificates.domains import DomainQuestion, Says, domain_in
from certificates.exceptions import DomainRefusedError
from issuers.models import Issuer
from issuers.permissions import can_own

log = structlog.get_logger(__name__)

_ASKED_EVERY = timedelta(hours=24)
# A domain may move or be out of reach for some days; longer, and nobody can say that it is still theirs.
_BELIEVED_FOR = timedelta(days=7)
_AT_ONCE = 50


def confirm_domain(issuer: Issuer, *, typed: str, by: User, question: DomainQuestion | None = None) -> Issuer:
    """Ask the domain now, and show it as the organisation's from now on.

    Raises PermissionDenied when `by` is no owner; DomainRefusedError with a sentence.
    """
    if not can_own(by, issuer):
        raise PermissionDenied
    try:
        domain = domain_in(typed)
    except (ValueError, UnicodeError) as error:
        raise DomainRefusedError(_("This is not a domain. Write it like northgate.example.")) from error
    # Asked before anything is locked: it may take seconds.
    if (question or DomainQuestion()).says(domain, did_of(issuer.slug)) != Says.YES:
        raise DomainRefusedError(
            _("%(domain)s does not say so yet. A new record can take an hour to be seen everywhere; then try again.")
            % {"domain": domain}
        )
    with transaction.atomic():
        issuer = Issuer.objects.select_for_update(of=("self",)).get(pk=issuer.pk)
        before = issuer.domain
        _keep(issuer, domain)
        audit.record("domain confirmed", issuer, by=by, issuer_id=issuer.pk, before=before, after=domain)
    return issuer


@transaction.atomic
def forget_domain(issuer: Issuer, *, by: User | None) -> Issuer:
    """No longer show it. `by` None is the daily look. Raises PermissionDenied when `by` is no owner."""
    if by is not None and not can_own(by, issuer):
        raise PermissionDenied
    issuer = Issuer.objects.select_for_update(of=("self",)).get(pk=issuer.pk)
    if not issuer.domain:
        return issuer
    before, issuer.domain, issuer.domain_confirmed_at = issuer.domain, "", None
    issuer.save(update_fields=["domain", "domain_confirmed_at", "updated_at"])
    audit.record("domain forgotten", issuer, by=by, issuer_id=issuer.pk, before=before)
    return issuer


def ask_domains_again(question: DomainQuestion | None = None) -> int:
    """Those that were last confirmed a day ago. Returns how many still say so."""
    question, now, confirmed = question or DomainQuestion(), clock.now(), 0
    due = Issuer.objects.filter(domain_confirmed_at__lt=now - _ASKED_EVERY).order_by("domain_confirmed_at")
    for issuer in due[:_AT_ONCE]:
        if question.says(issuer.domain, did_of(issuer.slug)) == Says.YES:
            _confirmed_again(issuer)
            confirmed += 1
        elif issuer.domain_confirmed_at and issuer.domain_confirmed_at < now - _BELIEVED_FOR:
            log.warning("a domain no longer says whose it is", domain=issuer.domain, issuer=issuer.slug)
            forget_domain(issuer, by=None)
    return confirmed


def _confirmed_again(issuer: Issuer) -> None:
    # Not over what an owner has changed meanwhile.
    unchanged = Issuer.objects.filter(pk=issuer.pk, domain=issuer.domain)
    unchanged.update(domain_confirmed_at=clock.now())


def _keep(issuer: Issuer, domain: str) -> None:
    issuer.domain, issuer.domain_confirmed_at = domain, clock.now()
    issuer.save(update_fields=["domain", "domain_confirmed_at", "updated_at"])
