from importlib import import_module

from django.apps import AppConfig
from django.contrib.admin.apps import SimpleAdminConfig


class BadgeCertConfig(AppConfig):
    """The assembly itself: it owns the commands that need every app, such as `demo`."""

    name = "badgecert"


class BadgeCertAdminConfig(SimpleAdminConfig):
    """Only our own staff pages: those that libraries register (groups, addresses) know no organisation."""

    default_site = "badgecert.admin.StaffSite"

    def ready(self) -> None:
        super().ready()
        for app in ("issuers", "badges", "earners", "notifications"):
            import_module(f"{app}.admin")
