"""The public log: what it is, its heads and entries, proofs about them, and where a badge stands in it."""

import json
from collections.abc import Mapping, Sequence

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from badges.disclosure import Disclosure, State, can_see
from certificates.public_log import (
    MOST_ENTRIES,
    LoggedFact,
    entries_between,
    entry_with,
    head_of,
    keys,
    logged_facts,
    newest_head,
    prove_consistency,
    prove_inclusion,
    statement_of,
)
from certificates.views.answers import JSON_TYPES, kept_by_asking, machine_file, problem, too_many_misses

# Of numbers in addresses: more than any log will have, fewer than a database takes.
_MOST_DIGITS = 15


@login_not_required
@require_safe
def log(request: HttpRequest) -> HttpResponseBase:
    response = render(request, "certificates/log.html", {"head": newest_head()})
    kept_by_asking(response)
    return response


@login_not_required
@require_safe
def head_json(request: HttpRequest) -> HttpResponseBase:
    """The newest head, or with `?size=` the one that was signed over so many entries."""
    size = _number(request, "size")
    head = newest_head() if size is None else head_of(size)
    return _file(request, head.as_json()) if head else problem(404, _("There is no such head"))


@login_not_required
@require_safe
def key_json(request: HttpRequest) -> HttpResponseBase:
    return _file(request, {"keys": keys()})


@login_not_required
@require_safe
def entries_json(request: HttpRequest) -> HttpResponseBase:
    """The entries from `start` up to `end`, which is not among them."""
    start, end = _number(request, "start"), _number(request, "end")
    if start is None or end is None or not start < end <= start + MOST_ENTRIES:
        return problem(400, _("Ask for entries by start and end, at most %(most)d at once") % {"most": MOST_ENTRIES})
    return _file(request, {"entries": entries_between(start, end)})


@login_not_required
@require_safe
def proof_json(request: HttpRequest) -> HttpResponseBase:
    """That the entry with the hash `leaf` stands in the newest head."""
    try:
        leaf = bytes.fromhex(request.GET.get("leaf", ""))
    except ValueError:
        leaf = b""
    entry, head = entry_with(leaf), newest_head()
    if entry is None or entry.index is None or head is None:
        return problem(404, _("No entry in the log has this hash"))
    path = prove_inclusion(entry.index, head.size)
    return _file(request, {"leaf": leaf.hex(), "index": entry.index, "path": _written(path), "head": head.as_json()})


@login_not_required
@require_safe
def consistency_json(request: HttpRequest) -> HttpResponseBase:
    """That the log of `from` entries is the beginning of the one of `to`."""
    old, size, head = _number(request, "from"), _number(request, "to"), newest_head()
    if old is None or size is None or head is None or not 0 < old <= size <= head.size:
        newest = head.size if head else 0
        return problem(400, _("Ask for sizes from 1 to %(newest)d, the smaller one first") % {"newest": newest})
    return _file(request, {"from": old, "to": size, "path": _written(prove_consistency(old, size))})


@login_not_required
@require_safe
def place_in_log(request: HttpRequest, code: str) -> HttpResponseBase:
    seen = can_see(code)
    facts = logged_facts(seen)
    if not facts:
        # The badge's own page says why there is nothing to see, and counts misses.
        return redirect("certificates:verification", code)
    response = render(request, "certificates/place_in_log.html", {"seen": seen, "facts": facts})
    kept_by_asking(response)
    return response


@login_not_required
@require_safe
def place_in_log_json(request: HttpRequest, code: str) -> HttpResponseBase:
    """All that somebody who has the badge needs to find it in the log without us."""
    seen = can_see(code)
    if seen.state == State.NOT_FOUND and (refusal := too_many_misses(request, as_json=True)):
        return refusal
    if not (facts := logged_facts(seen)):
        return problem(404, _("There is nothing to see in the log under this code"))
    return _file(request, {"code": seen.code, "entries": [_entry(seen, fact) for fact in facts]})


def _entry(seen: Disclosure, fact: LoggedFact) -> dict[str, object]:
    entry = fact.entry
    # With the salt one can try names until one fits, so it is only for those who see the name.
    opened = (
        {"statement": statement_of(entry).as_json(), "salt": bytes(entry.salt).hex()}
        if seen.shows_holder and entry.salt is not None
        else {}
    )
    proof = {"index": entry.index, "path": _written(fact.path), "head": fact.head.as_json()} if fact.head else {}
    return {"kind": entry.kind, "leaf": bytes(entry.leaf_hash).hex(), **opened, **proof}


def _written(path: Sequence[bytes]) -> list[str]:
    return [node.hex() for node in path]


def _number(request: HttpRequest, name: str) -> int | None:
    text = request.GET.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) <= _MOST_DIGITS else None


def _file(request: HttpRequest, content: Mapping[str, object]) -> HttpResponseBase:
    return machine_file(request, json.dumps(content), JSON_TYPES[0])
