from django.apps import AppConfig


class EarnersConfig(AppConfig):
    name = "earners"

    def ready(self) -> None:
        # They listen, and tell what waits, from now on; models must be loaded first.
        import earners.receivers  # noqa: PLC0415
        import earners.waiting  # noqa: F401, PLC0415
