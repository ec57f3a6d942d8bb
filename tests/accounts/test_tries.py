from pathlib import Path
from typing import Any

import pytest
import time_machine

from badgecert.accounts.tries import count_try, forget_tries


@pytest.fixture(params=["redis", "files"])
def every_cache(request: pytest.FixtureRequest, settings: Any, tmp_path: Path) -> None:
    """Redis, and the files of a small installation."""
    if request.param == "files":
        settings.CACHES = {
            "default": {
                "BACKEND": "django.core.cache.backends.filebased.FileBasedCache",
                "LOCATION": str(tmp_path),
            }
        }


def test_tries_are_counted_for_each_address(every_cache: None) -> None:
    left = [count_try(address) for address in ("ana@example.org", " ANA@example.org", "bo@example.org")]

    assert left == [9, 8, 9]


def test_tries_left_stop_at_none(every_cache: None) -> None:
    assert [count_try("ana@example.org") for _ in range(12)] == [9, 8, 7, 6, 5, 4, 3, 2, 1, 0, 0, 0]


def test_tries_are_forgotten(every_cache: None) -> None:
    count_try("ana@example.org")
    count_try("bo@example.org")

    forget_tries(["Ana@example.org"])

    assert (count_try("ana@example.org"), count_try("bo@example.org")) == (9, 8)


@pytest.mark.parametrize("every_cache", ["files"], indirect=True)
def test_tries_are_remembered_for_longer_than_a_cache_does_by_itself(every_cache: None) -> None:
    with time_machine.travel("2026-11-22T12:00Z", tick=False) as clock:
        count_try("ana@example.org")
        clock.shift(3600)

        assert count_try("ana@example.org") == 8
