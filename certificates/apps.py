from django.apps import AppConfig


class CertificatesConfig(AppConfig):
    name = "certificates"

    def ready(self) -> None:
        import certificates.receivers  # noqa: F401, PLC0415  they listen from now on; models must be loaded first
