from django.dispatch import receiver

from badgecert.accounts.models import User
from badgecert.accounts.signals import person_erased
from issuers.exceptions import LastOwnerError
from issuers.models import StaffMember
from issuers.permissions import issuers_owned_alone_by


@receiver(person_erased)
def leave_the_staff(user: User, **kwargs: object) -> None:
    """Raises LastOwnerError: an organisation without an owner could never have one again."""
    orphan = issuers_owned_alone_by(user).first()
    if orphan:
        raise LastOwnerError(orphan.name)
    StaffMember.objects.filter(user=user).delete()
