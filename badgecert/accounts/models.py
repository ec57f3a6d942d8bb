"""Who can log in. A person has one account over all their addresses; the addresses are allauth's EmailAddress."""

from datetime import datetime
from typing import ClassVar, Self

from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models, transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from badgecert.core import clock
from badgecert.core.models import Row, new_id
from badgecert.core.text import canonical_email


class UserManager(BaseUserManager["User"]):
    use_in_migrations = True

    def create_user(self, email: str, password: str | None = None, **fields: object) -> "User":
        """An account with its address; without a password nobody can log in to it yet."""
        user = self.model(email=canonical_email(email), **fields)
        user.set_password(password)
        with transaction.atomic(using=self._db):
            user.save(using=self._db)
            EmailAddress.objects.using(self._db).create(user=user, email=user.email, primary=True, verified=False)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: object) -> "User":
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)


class User(AbstractBaseUser, PermissionsMixin):
    """One person's account: earner, issuer staff, operator, or several of these."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    # The primary address in its canonical spelling (badgecert.core.text.canonical_email).
    email = models.EmailField(_("e-mail address"), unique=True)
    # What staff pages and greetings call this person; earners choose theirs in earners.Profile.
    name = models.CharField(_("name"), max_length=200, blank=True)
    language = models.CharField(_("language"), max_length=12, blank=True)
    is_staff = models.BooleanField(_("may open the issuer's desk"), default=False)
    is_active = models.BooleanField(_("active"), default=True)
    date_joined = models.DateTimeField(_("joined"), default=clock.now, editable=False)

    failed_logins = models.PositiveIntegerField(_("failed log-ins in a row"), default=0, editable=False)
    locked_at = models.DateTimeField(_("locked"), null=True, blank=True, editable=False)

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        verbose_name = _("account")
        verbose_name_plural = _("accounts")

    def __str__(self) -> str:
        return self.name or self.email

    @property
    def is_locked(self) -> bool:
        return self.locked_at is not None


class TemporaryPasswordQuerySet(models.QuerySet["TemporaryPassword"]):
    def usable(self, at: datetime) -> Self:
        """Neither spent nor past its time."""
        return self.filter(spent_at=None, expires_at__gt=at)


class TemporaryPassword(Row):
    """A credential of its own: used once, it leads only to choosing a password. The account's password stays.

    It is random and long (100 bits), so a fast keyed hash is enough: the slow one would cost 11 core-hours for a batch
    of 100,000 (promises.md). In clear it exists only in the mail that carries it.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="temporary_passwords")
    secret_hash = models.CharField(max_length=64, unique=True)
    # The one-time link in a password mail: using it or the password spends both.
    link_hash = models.CharField(max_length=64, null=True, blank=True, unique=True)
    # The address of the account whose mail carried it: whoever uses it has read that mail.
    sent_to = models.EmailField()
    expires_at = models.DateTimeField()
    spent_at = models.DateTimeField(null=True, blank=True)

    objects = TemporaryPasswordQuerySet.as_manager()

    class Meta:
        indexes = (models.Index(fields=("user",), condition=Q(spent_at=None), name="unspent_by_user"),)

    def __str__(self) -> str:
        return f"temporary password of {self.user_id}"

    def is_usable(self, at: datetime) -> bool:
        return self.spent_at is None and at < self.expires_at


class PasswordRequest(Row):
    """Somebody asked for a new password for an address, known or not: what the hourly limit counts."""

    # A keyed hash: the table must not become a list of who asked.
    address_hash = models.CharField(max_length=64)

    class Meta:
        indexes = (models.Index(fields=("address_hash", "created_at"), name="requests_by_address"),)

    def __str__(self) -> str:
        return self.address_hash[:12]
