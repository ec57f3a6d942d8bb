from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig


class BadgeCertConfig(AppConfig):
    """The assembly itself: it owns the commands that need every app, such as `demo`."""

    name = "badgecert"


class BadgeCertAdminConfig(AdminConfig):
    default_site = "badgecert.admin.StaffSite"
