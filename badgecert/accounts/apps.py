from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "badgecert.accounts"
    label = "accounts"

    def ready(self) -> None:
        import badgecert.accounts.reauthentication  # noqa: PLC0415  it listens from now on; models must be loaded first
        import badgecert.accounts.receivers  # noqa: F401, PLC0415  the same
