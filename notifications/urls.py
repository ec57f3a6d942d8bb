from django.urls import path

from notifications import views, webhooks

app_name = "notifications"
urlpatterns = [
    path("mail/stop/<str:token>", views.stop_reminders, name="stop_reminders"),
    path("anymail/<slug:name>/tracking/", webhooks.provider_webhook, name="provider_webhook"),
    path("mailbox/", views.mailbox, name="mailbox"),
    path("mailbox/<str:name>/", views.mailbox_message, name="mailbox_message"),
    path("mailbox/<str:name>/html", views.mailbox_html, name="mailbox_html"),
    path("mailbox/<str:name>.eml", views.mailbox_raw, name="mailbox_raw"),
]
