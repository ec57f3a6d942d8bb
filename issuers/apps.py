from django.apps import AppConfig


class IssuersConfig(AppConfig):
    name = "issuers"

    def ready(self) -> None:
        import issuers.receivers  # noqa: F401, PLC0415  they listen from now on; models must be loaded first
