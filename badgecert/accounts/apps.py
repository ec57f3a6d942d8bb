from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "badgecert.accounts"
    label = "accounts"
