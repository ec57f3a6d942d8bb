"""What waits for somebody at the desk: each app tells of its own, and the dashboard asks all of them.

An app registers a function in its own waiting.py, which its AppConfig imports:

    @tells_what_waits
    def requests_that_wait(user: User) -> Iterator[Waits]: ...

It may ask the database a constant number of questions, scoped to the organisations of that person.
"""

from collections.abc import Callable, Iterable
from typing import NamedTuple

from badgecert.accounts.models import User


class Waits(NamedTuple):
    number: int
    words: str
    # Where somebody can do something about it.
    address: str
    note: str = ""
    is_late: bool = False
    # So many were counted and no more.
    has_more: bool = False


Teller = Callable[[User], Iterable[Waits]]

_tellers: list[Teller] = []


def tells_what_waits(teller: Teller) -> Teller:
    _tellers.append(teller)
    return teller


def what_waits_for(user: User) -> list[Waits]:
    """What is late first; what does not wait is left out."""
    told = [waits for teller in _tellers for waits in teller(user) if waits.number]
    return sorted(told, key=lambda waits: not waits.is_late)
