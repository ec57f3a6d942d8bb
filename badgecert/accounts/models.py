"""Who can log in. A person has one account over all their addresses; the addresses are allauth's EmailAddress."""

from datetime import datetime
from typing import ClassVar, Self

from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models, transaction
from django.db.models import Q
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext
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
    # An IANA name, such as Europe/Brussels. Empty: times are told in UTC.
    time_zone = models.CharField(_("time zone"), max_length=60, blank=True)
    is_staff = models.BooleanField(_("may open the issuer's desk"), default=False)
    is_active = models.BooleanField(_("active"), default=True)
    date_joined = models.DateTimeField(_("joined"), default=clock.now, editable=False)

    failed_logins = models.PositiveIntegerField(_("failed log-ins in a row"), default=0, editable=False)
    locked_at = models.DateTimeField(_("locked"), null=True, blank=True, editable=False)
    # Part of what every session of this account is checked against: counting on ends all of them at once.
    session_epoch = models.PositiveIntegerField(default=0, editable=False)
    # Since then the row stands for somebody of whom nothing else is known.
    erased_at = models.DateTimeField(_("erased"), null=True, blank=True, editable=False)

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        verbose_name = _("account")
        verbose_name_plural = _("accounts")
        indexes = (models.Index(fields=("locked_at",), condition=Q(locked_at__isnull=False), name="accounts_locked"),)

    def __str__(self) -> str:
        if self.erased_at:
            return gettext("Somebody whose data was erased")
        return self.name or self.email

    @property
    def is_locked(self) -> bool:
        return self.locked_at is not None

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        # Django's own covers the password, and accepts each of SECRET_KEY_FALLBACKS by calling this.
        of_password = super()._get_session_auth_hash(secret=secret)  # type: ignore[misc]  # not in the stubs
        return salted_hmac(
            "badgecert.accounts.session", f"{of_password} {self.session_epoch}", secret=secret, algorithm="sha256"
        ).hexdigest()


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
    """Somebody asked for a new password for an address, known or not. A worker answers it, by mail or not at all."""

    # Only until it is answered: the table must not become a list of who asked.
    address = models.EmailField(blank=True)
    # Keyed hashes: what the hourly limits count by.
    address_hash = models.CharField(max_length=64)
    network_hash = models.CharField(max_length=64, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                name="password_request_answered_keeps_no_address", condition=Q(answered_at=None) | Q(address="")
            ),
        )
        indexes = (
            models.Index(fields=("address_hash", "created_at"), name="requests_by_address"),
            models.Index(fields=("network_hash", "created_at"), name="requests_by_network"),
            models.Index(fields=("created_at",), condition=Q(answered_at=None), name="requests_to_answer"),
        )

    def __str__(self) -> str:
        return self.address_hash[:12]


class AddressProofQuerySet(models.QuerySet["AddressProof"]):
    def usable(self, at: datetime) -> Self:
        """Neither spent nor past its time."""
        return self.filter(spent_at=None, expires_at__gt=at)


class AddressProof(Row):
    """A link on its way to an address that somebody wants to add to their account; also what the hourly limits count."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="address_proofs")
    # Canonical.
    address = models.EmailField()
    # Of the link's token, from when its mail was written.
    token_hash = models.CharField(max_length=64, null=True, blank=True, unique=True)
    expires_at = models.DateTimeField()
    spent_at = models.DateTimeField(null=True, blank=True)

    objects = AddressProofQuerySet.as_manager()

    class Meta:
        indexes = (
            models.Index(fields=("user", "created_at"), name="address_proofs_by_user"),
            models.Index(fields=("address", "created_at"), name="address_proofs_by_address"),
        )

    def __str__(self) -> str:
        return f"proof of an address of {self.user_id}"


class KnownBrowser(Row):
    """A browser in which this account was logged in to: a stranger's failures do not lock its owner out of it.

    It is also what the person sees of their sessions. Nothing is kept of it but a few words and a keyed hash each of
    the token in its cookie and of its session's key.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="known_browsers")
    token_hash = models.CharField(max_length=64, unique=True)
    # Such as Firefox on Windows.
    name = models.CharField(max_length=60)
    failed_logins = models.PositiveIntegerField(default=0)
    # The key of its newest session, as the table of sessions has it.
    session_hash = models.CharField(max_length=40)
    logged_in_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name
