"""The flows of the issuers' desk: make a badge, issue it to one person or to a file of people, decide what was issued."""

from badges.admin_views.access import for_issuing_staff, staff
from badges.admin_views.badges import badge_form, preview_art, publish, retire
from badges.admin_views.batches import batch_page, batch_state, confirm, held_rows, mend, revoke_all, send, undo
from badges.admin_views.corrections import correct, previewed_correction, renew
from badges.admin_views.files import batch_columns, issue_file, own_batch, template_file
from badges.admin_views.issuances import DECISIONS, decide, issuance_page, staff_state
from badges.admin_views.issuing import issue_badge, preview_issue, preview_refused, previewed
from badges.admin_views.proposals import (
    approve,
    correct_file,
    correct_person,
    correction_template,
    decline,
    drafted,
    held_changes,
    last_day,
    proposal_page,
    submit,
    withdraw,
)
from badges.admin_views.rows import decide_row, decide_rows, edit_row
from badges.admin_views.trying import not_tried, tried

__all__ = [
    "DECISIONS",
    "approve",
    "badge_form",
    "batch_columns",
    "batch_page",
    "batch_state",
    "confirm",
    "correct",
    "correct_file",
    "correct_person",
    "correction_template",
    "decide",
    "decide_row",
    "decide_rows",
    "decline",
    "drafted",
    "edit_row",
    "for_issuing_staff",
    "held_changes",
    "held_rows",
    "issuance_page",
    "issue_badge",
    "issue_file",
    "last_day",
    "mend",
    "not_tried",
    "own_batch",
    "preview_art",
    "preview_issue",
    "preview_refused",
    "previewed",
    "previewed_correction",
    "proposal_page",
    "publish",
    "renew",
    "retire",
    "revoke_all",
    "send",
    "staff",
    "staff_state",
    "submit",
    "template_file",
    "tried",
    "undo",
    "withdraw",
]
