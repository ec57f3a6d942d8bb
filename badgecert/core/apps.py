from django.apps import AppConfig


class CoreConfig(AppConfig):
    name = "badgecert.core"
    label = "core"
