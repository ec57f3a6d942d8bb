from django.apps import AppConfig


class EarnersConfig(AppConfig):
    name = "earners"
