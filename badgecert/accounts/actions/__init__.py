"""Everything that people and the system do to accounts, by its subject."""

from badgecert.accounts.actions.addresses import confirm_address, ensure_users, find_user
from badgecert.accounts.actions.browsers import end_sessions, log_out_browser, log_out_everywhere, remember_browser
from badgecert.accounts.actions.lock import count_failed_login, lock_account, unlock_account
from badgecert.accounts.actions.logging_in import Proof, may_enter, prove_identity
from badgecert.accounts.actions.passwords import (
    answer_password_requests,
    change_password,
    check_right_to_choose_password,
    choose_password,
    request_password,
)
from badgecert.accounts.actions.temporary_passwords import (
    find_password_link,
    issuance_password_lasts,
    make_temporary_password,
    make_temporary_passwords,
    spend_temporary_passwords,
)

__all__ = [
    "Proof",
    "answer_password_requests",
    "change_password",
    "check_right_to_choose_password",
    "choose_password",
    "confirm_address",
    "count_failed_login",
    "end_sessions",
    "ensure_users",
    "find_password_link",
    "find_user",
    "issuance_password_lasts",
    "lock_account",
    "log_out_browser",
    "log_out_everywhere",
    "make_temporary_password",
    "make_temporary_passwords",
    "may_enter",
    "prove_identity",
    "remember_browser",
    "request_password",
    "spend_temporary_passwords",
    "unlock_account",
]
