"""What earners ask of their issuers, and what comes of it: a thread, and a decision that is done with it."""

from earners.actions.requests.answering import answer_request, ask_back, decline_request, open_attachment, take_request
from earners.actions.requests.asking import (
    LIVE_FOR_A_BADGE,
    LIVE_FOR_A_PERSON,
    OPENED_A_DAY,
    WRITTEN_A_DAY,
    Wish,
    kinds_for,
    open_request,
    withdraw_request,
    write_to_request,
)
from earners.actions.requests.settling import (
    approve_with_correction,
    approve_with_letter,
    approve_with_renewal,
    mark_posted,
    settle_approved,
)
from earners.actions.requests.thread import FILES_IN_A_REQUEST

__all__ = [
    "FILES_IN_A_REQUEST",
    "LIVE_FOR_A_BADGE",
    "LIVE_FOR_A_PERSON",
    "OPENED_A_DAY",
    "WRITTEN_A_DAY",
    "Wish",
    "answer_request",
    "approve_with_correction",
    "approve_with_letter",
    "approve_with_renewal",
    "ask_back",
    "decline_request",
    "kinds_for",
    "mark_posted",
    "open_attachment",
    "open_request",
    "settle_approved",
    "take_request",
    "withdraw_request",
    "write_to_request",
]
