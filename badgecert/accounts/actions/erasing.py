"""Taking a person out of the site. What says nothing about them stays: who erased what, and when."""

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.contrib.sessions.models import Session
from django.db import models, transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from badgecert.accounts.actions.browsers import end_sessions
from badgecert.accounts.models import AddressProof, KnownBrowser, PasswordRequest, TemporaryPassword, User
from badgecert.accounts.secrets import keyed_hash
from badgecert.accounts.signals import person_erased
from badgecert.accounts.tries import forget_tries
from badgecert.core import audit, clock
from badgecert.core.erasing import mark_erased
from badgecert.core.text import canonical_email


class ErasureGround(models.TextChoices):
    """Why a person is erased: a choice, because a sentence of somebody's own would name whom it is about."""

    OWN_WISH = "own_wish", _("They deleted their account")
    WRITTEN_REQUEST = "written_request", _("They asked for it in writing")
    NOT_NEEDED = "not_needed", _("The data is no longer needed")
    ORDERED = "ordered", _("An authority or a court ordered it")


@transaction.atomic
def erase_person(user: User, *, ground: ErasureGround, by: User | None) -> User:
    """Close the account for good and take out of every table what says whose it was. It cannot be undone.

    Who may is decided by the caller. `by` None is the operator at the command line. Raises RefusedError when an app
    finds that the person cannot go yet.
    """
    user = User.objects.select_for_update().get(pk=user.pk)
    if user.erased_at:
        return user
    held = EmailAddress.objects.filter(user=user).values_list("email", flat=True)
    addresses = sorted({canonical_email(address) for address in (user.email, *held)})
    person_erased.send(sender=User, user=user, addresses=addresses, ground=ground, by=by)

    Session.objects.filter(
        session_key__in=KnownBrowser.objects.filter(user=user).values_list("session_hash", flat=True)
    ).delete()
    end_sessions(user)
    Authenticator.objects.filter(user=user).delete()
    TemporaryPassword.objects.filter(user=user).delete()
    AddressProof.objects.filter(Q(user=user) | Q(address__in=addresses)).delete()
    EmailAddress.objects.filter(user=user).delete()
    PasswordRequest.objects.filter(
        address_hash__in=[keyed_hash("password request", address) for address in addresses]
    ).delete()
    transaction.on_commit(lambda: forget_tries(addresses))
    # Others' rows point here, so the row stays, under a name that nobody can have (RFC 2606).
    user.email = f"{user.pk}@erased.invalid"
    user.name = user.language = user.time_zone = ""
    user.set_unusable_password()
    user.is_active = user.is_staff = user.is_superuser = False
    user.last_login = user.locked_at = None
    user.failed_logins = 0
    user.erased_at = clock.now()
    user.save()
    mark_erased([user.pk])
    audit.record("person erased", user, by=by, ground=ground.value)
    return user
