from django.apps import AppConfig


class CoreConfig(AppConfig):
    name = "badgecert.core"
    label = "core"

    def ready(self) -> None:
        from badgecert.core import lookups  # noqa: F401, PLC0415  registers itself
        from badgecert.core.catalogues import use_one_catalogue  # noqa: PLC0415  needs the settings

        use_one_catalogue()
