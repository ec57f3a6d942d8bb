"""The desk's own pages about mail."""

from notifications.admin_views.outbox import message_page, resend, retry, retry_failed_page, set_message_aside
from notifications.admin_views.pauses import pause, pause_all, resume, resume_all, sending
from notifications.admin_views.previews import (
    preview_corrected_mail,
    preview_mail,
    preview_tried_mail,
    send_first_copy,
)
from notifications.admin_views.promise import promise, promise_csv
from notifications.admin_views.stories import why_not
from notifications.admin_views.wordings import edit_wording, preview_wording, wordings

__all__ = [
    "edit_wording",
    "message_page",
    "pause",
    "pause_all",
    "preview_corrected_mail",
    "preview_mail",
    "preview_tried_mail",
    "preview_wording",
    "promise",
    "promise_csv",
    "resend",
    "resume",
    "resume_all",
    "retry",
    "retry_failed_page",
    "send_first_copy",
    "sending",
    "set_message_aside",
    "why_not",
    "wordings",
]
