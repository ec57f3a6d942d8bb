"""Whether the time of an answer tells what an address is: six kinds, two questions, 200 samples each, no mail server.

The medians stand beside the unknown address's; p is that of a Mann-Whitney test against it. Below 0.01 somebody who asks
200 times could tell the two apart.
"""

import http.client
import random
import time
from collections.abc import Iterator
from statistics import NormalDist, median
from urllib.parse import urlencode

from scripts.bench.figure import Figure
from tests.accounts.kinds import KINDS, address_of, make_kinds
from tests.factories import make_issuer

SAMPLES = 200
# Fewer than show a countdown, which is the same for all but not the page of the first try.
TRIES_AT_AN_ADDRESS = 5
QUESTIONS = {
    "log_in": ("/log-in/", {"password": "not-the-password-at-all"}),
    "request": ("/log-in/new-password/", {}),
}
_TOKEN = "a" * 32


def answer_times(port: int) -> Iterator[Figure]:
    issuer = make_issuer()
    for number in range(SAMPLES // TRIES_AT_AN_ADDRESS):
        make_kinds(issuer, number)
    for question, (path, typed) in QUESTIONS.items():
        times = sampled(port, path, typed)
        reference = times["unknown"]
        for kind in KINDS:
            name = f"{question}_{kind}"
            yield Figure(
                name, median(times[kind]) * 1000, "ms", "unknown", median(times[kind]) / median(reference), SAMPLES
            )
            if kind != "unknown":
                p = mann_whitney_p(times[kind], reference)
                yield Figure(f"{name}_p", p, "p against unknown", "0.01", p / 0.01, SAMPLES)


def sampled(port: int, path: str, typed: dict[str, str]) -> dict[str, list[float]]:
    """Seconds of each answer. The kinds take turns in a new order each round, so a slow moment meets all of them."""
    times: dict[str, list[float]] = {kind: [] for kind in KINDS}
    connection = http.client.HTTPConnection("127.0.0.1", port)
    for sample in range(-TRIES_AT_AN_ADDRESS, SAMPLES):
        for kind in random.sample(KINDS, len(KINDS)):
            # The first round only warms up, at addresses that nobody has.
            address = address_of(kind if sample >= 0 else "warm-up", max(sample, 0) // TRIES_AT_AN_ADDRESS)
            seconds = asked(connection, path, {"email": address, **typed})
            if sample >= 0:
                times[kind].append(seconds)
    connection.close()
    return times


def asked(connection: http.client.HTTPConnection, path: str, typed: dict[str, str]) -> float:
    body = urlencode({"csrfmiddlewaretoken": _TOKEN, **typed})
    headers = {"Cookie": f"csrftoken={_TOKEN}", "Content-Type": "application/x-www-form-urlencoded"}
    started = time.perf_counter()
    connection.request("POST", path, body, headers)
    answer = connection.getresponse()
    answer.read()
    seconds = time.perf_counter() - started
    if answer.status not in {200, 400}:
        msg = f"{path} answered {answer.status}"
        raise RuntimeError(msg)
    return seconds


def mann_whitney_p(one: list[float], other: list[float]) -> float:
    """Two-sided, by the normal approximation, which is good for hundreds; times never tie."""
    ranked = sorted([(value, True) for value in one] + [(value, False) for value in other])
    ranks = sum(rank for rank, (_value, is_one) in enumerate(ranked, start=1) if is_one)
    n, m = len(one), len(other)
    u = ranks - n * (n + 1) / 2
    z = abs(u - n * m / 2) / (n * m * (n + m + 1) / 12) ** 0.5
    return 2 * (1 - NormalDist().cdf(z))
