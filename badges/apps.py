from django.apps import AppConfig


class BadgesConfig(AppConfig):
    name = "badges"

    def ready(self) -> None:
        import badges.receivers  # noqa: F401, PLC0415  they listen from now on; models must be loaded first
