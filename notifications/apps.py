from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class NotificationsConfig(AppConfig):
    name = "notifications"
    verbose_name = _("Mail")

    def ready(self) -> None:
        import notifications.receivers  # noqa: F401, PLC0415  they listen from now on; models must be loaded first
