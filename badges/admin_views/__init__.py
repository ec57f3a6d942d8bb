"""The flows of the issuers' desk: make a badge, issue it to one person or to a file of people, decide what was issued."""

from badges.admin_views.access import for_issuing_staff, staff
from badges.admin_views.badges import badge_form, publish, retire
from badges.admin_views.batches import batch_page, batch_state, confirm, held_rows, issue_file, template_file, undo
from badges.admin_views.corrections import correct, renew
from badges.admin_views.issuances import DECISIONS, decide, issuance_page, staff_state
from badges.admin_views.issuing import issue_badge, preview_issue, preview_refused, previewed

__all__ = [
    "DECISIONS",
    "badge_form",
    "batch_page",
    "batch_state",
    "confirm",
    "correct",
    "decide",
    "for_issuing_staff",
    "held_rows",
    "issuance_page",
    "issue_badge",
    "issue_file",
    "preview_issue",
    "preview_refused",
    "previewed",
    "publish",
    "renew",
    "retire",
    "staff",
    "staff_state",
    "template_file",
    "undo",
]
