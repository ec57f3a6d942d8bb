from django.apps import AppConfig


class EarnersConfig(AppConfig):
    name = "earners"

    def ready(self) -> None:
        import earners.receivers  # noqa: F401, PLC0415  they listen from now on; models must be loaded first
