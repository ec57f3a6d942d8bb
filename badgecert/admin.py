from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from badgecert.accounts.models import User


class StaffSite(admin.AdminSite):
    """The issuers' desk. Whoever is staff of an organisation may open it; what they see there is their own."""

    site_header = _("BadgeCert")
    site_title = _("Issuer's desk")
    index_title = _("Issuer's desk")

    def has_permission(self, request: HttpRequest) -> bool:
        user = request.user
        return isinstance(user, User) and user.is_active and (user.is_superuser or user.is_staff)
