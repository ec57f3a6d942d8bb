from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class NotificationsConfig(AppConfig):
    name = "notifications"
    verbose_name = _("Mail")

    def ready(self) -> None:
        # They listen, and tell what waits, from now on; models must be loaded first.
        import notifications.receivers  # noqa: PLC0415
        import notifications.waiting  # noqa: F401, PLC0415
