from django.urls import path

from badgecert.accounts.views import log_in, passwords

urlpatterns = [
    # allauth looks for its pages under these names.
    path("log-in/", log_in.account_login, name="account_login"),
    path("log-out/", log_in.account_logout, name="account_logout"),
    path("log-in/new-password/", passwords.request_password, name="request_password"),
    path("log-in/link/<str:token>/", passwords.password_link, name="password_link"),
    path("log-in/choose-password/", passwords.choose_password, name="choose_password"),
    path("profile/password/", passwords.change_password, name="change_password"),
]
