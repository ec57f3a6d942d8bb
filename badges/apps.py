from django.apps import AppConfig


class BadgesConfig(AppConfig):
    name = "badges"

    def ready(self) -> None:
        # They listen, and tell what waits, from now on; models must be loaded first.
        import badges.receivers  # noqa: PLC0415
        import badges.waiting  # noqa: F401, PLC0415
