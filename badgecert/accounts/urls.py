from django.urls import include, path

from badgecert.accounts.views import browsers, log_in, passwords, reauthentication

urlpatterns = [
    # allauth looks for its pages under these names.
    path("log-in/", log_in.account_login, name="account_login"),
    path("log-out/", log_in.account_logout, name="account_logout"),
    path("log-in/new-password/", passwords.request_password, name="request_password"),
    path("log-in/first-time/", passwords.first_time, name="first_time"),
    path("log-in/link/<str:token>/", passwords.password_link, name="password_link"),
    path("log-in/choose-password/", passwords.choose_password, name="choose_password"),
    path("log-in/again/", reauthentication.reauthenticate, name="account_reauthenticate"),
    path("profile/password/", passwords.change_password, name="change_password"),
    path("profile/browsers/", browsers.browsers, name="browsers"),
    path("profile/browsers/log-out/", browsers.log_out_all, name="log_out_all"),
    path("profile/browsers/<uuid:browser_id>/log-out/", browsers.log_out_other, name="log_out_other"),
    path("", include("badgecert.accounts.mfa_urls")),
]
