from django.urls import path

from notifications import webhooks
from notifications.views import calendars, mailbox, preferences, samples, sharing

app_name = "notifications"
urlpatterns = [
    path("mail/stop/<str:token>", preferences.stop_mails, name="stop_mails"),
    path("portfolio/<uuid:issuance_id>/share/mail/", sharing.share_by_mail, name="share_by_mail"),
    path("portfolio/<uuid:issuance_id>/expires.ics", calendars.expiry_calendar, name="expiry_calendar"),
    path("profile/mail/", preferences.mail_preferences, name="mail_preferences"),
    path("anymail/<slug:name>/tracking/", webhooks.provider_webhook, name="provider_webhook"),
    path("mailbox/", mailbox.mailbox, name="mailbox"),
    path("mailbox/messages/", samples.messages, name="messages"),
    path("mailbox/messages/<slug:kind>/", samples.message, name="message"),
    path("mailbox/messages/<slug:kind>/html", samples.message_html, name="message_html"),
    path("mailbox/<str:name>/", mailbox.mailbox_message, name="mailbox_message"),
    path("mailbox/<str:name>/html", mailbox.mailbox_html, name="mailbox_html"),
    path("mailbox/<str:name>.eml", mailbox.mailbox_raw, name="mailbox_raw"),
]
