"""Fixtures for everybody.

- `staff` may, `earner` owns, `stranger` may not: a manager of `issuer`, the account to which the published `badge` was
  given (`issuance`), and an account that has nothing to do with them. More people: `tests/factories`.
- `smtp`: a real mail server on loopback (`tests/smtp.py`), and Django sends through it. `smtp.received`, `smtp.to(address)`,
  `smtp.mode = "refuse" | "tempfail"`, `smtp.stop()` for a server that is down, `smtp.start()` for its return.
- `site`: the address of a real web server on the test database; `settings.BASE_URL` is that address.
- `worker`: a real Celery worker with its scheduler, on the same database, Redis and mail server, as a child process.
  Rows must be committed for it to see them, so it brings `transactional_db`.
- `embedded`: the whole product as a newcomer starts it: `manage.py demo` on SQLite, as a child process (`tests/embedded.py`).
- `page`: Chromium (pytest-playwright). A script error, a CSP violation or a request to any other host fails the test.
  `tests/browser.py` has axe-core and pictures in light and dark, 1280 and 390 wide.

Marked by themselves: a test that uses the browser is `browser`, and one that needs it, the database or the demo is `slow`.
`-m "not slow"` is the quick round, `-m "not browser"` all that has no screen.
"""

import os
import re
import shutil
import subprocess
import time
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.cache import cache
from playwright.sync_api import Page, expect

from badgecert.accounts.models import User
from badges.models import Badge, Issuance
from issuers.models import Issuer
from tests import browser, children
from tests.embedded import EmbeddedDemo
from tests.factories import issue, make_issuer, make_published_badge, make_staff, make_user
from tests.smtp import MailServer
from tests.worker import Worker

OUR_PROGRAMS = r"-m celery|-m granian|-m scripts\.|manage\.py"
SECONDS_TO_END = 20
# For a machine that has much else to do; who is not kept waiting loses nothing.
expect.set_options(timeout=30_000)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Quick ones first; browser tests last, because Playwright's event loop then stays in the main thread.

    Code that calls asyncio.run() fails from there on. Where several processes share the tests, one of them has all that
    need the embedded demo, which is slow to start, and all that break a site, which want the machine for themselves.
    """

    def cost(item: pytest.Item) -> tuple[bool, ...]:
        fixtures = set(getattr(item, "fixturenames", ()))
        takes_seconds = item.get_closest_marker("slow") is not None
        uses_browser = "playwright" in fixtures
        if uses_browser:
            item.add_marker("browser")
        if (takes_seconds or uses_browser) and not item.get_closest_marker("timeout"):
            item.add_marker(pytest.mark.timeout(600))
        uses_demo = "embedded" in fixtures
        if uses_demo:
            item.add_marker(pytest.mark.xdist_group("embedded"))
        uses_database = bool(fixtures & {"db", "transactional_db"}) or item.get_closest_marker("django_db") is not None
        if uses_browser or uses_demo or uses_database:
            item.add_marker("slow")
        uses_children = bool(fixtures & {"worker", "site"})
        return uses_browser or uses_demo, uses_browser, takes_seconds, uses_children, uses_database

    items.sort(key=cost)


@pytest.fixture(scope="session", autouse=True)
def _leaves_no_process_behind() -> Iterator[None]:
    def left() -> dict[int, str]:
        ours = {pid: children.command(pid) for pid in children.descendants(os.getpid())}
        return {pid: command for pid, command in ours.items() if re.search(OUR_PROGRAMS, command)}

    children.adopt_orphans()
    yield
    # What was told to end may still be at it.
    deadline = time.monotonic() + SECONDS_TO_END
    while (behind := left()) and time.monotonic() < deadline:
        time.sleep(0.2)
    children.kill_all(list(behind))
    assert behind == {}


@pytest.fixture(autouse=True)
def _empty_cache() -> None:
    cache.clear()


@pytest.fixture
def smtp(settings: Any) -> Iterator[MailServer]:
    server = MailServer()
    server.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = server.host, server.port
    yield server
    server.stop()


@pytest.fixture
def site(live_server: Any, settings: Any) -> str:
    settings.BASE_URL = live_server.url
    settings.CSRF_TRUSTED_ORIGINS = [live_server.url]
    return live_server.url


@pytest.fixture
def worker(request: pytest.FixtureRequest, transactional_db: None, smtp: MailServer, settings: Any) -> Iterator[Worker]:
    if "live_server" in request.fixturenames:
        request.getfixturevalue("site")
    worker = Worker({"BASE_URL": settings.BASE_URL, "EMAIL_HOST": smtp.host, "EMAIL_PORT": str(smtp.port)})
    yield worker
    worker.stop()


@pytest.fixture
def ended_afterwards() -> Iterator[list[subprocess.Popen[bytes]]]:
    """Put in here what the test starts, and it does not outlive it, whatever happens."""
    started: list[subprocess.Popen[bytes]] = []
    yield started
    for process in started:
        children.stop(process)


@pytest.fixture(scope="session")
def embedded() -> Iterator[EmbeddedDemo]:
    demo = EmbeddedDemo()
    yield demo
    demo.stop()


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    program = os.environ.get("CHROMIUM") or shutil.which("chromium")
    if program is None:
        pytest.fail("These tests need Chromium: run them with `sh scripts/dev.sh test`, which installs it.")
    return {**browser_type_launch_args, "executable_path": program, "args": browser.LAUNCH_FLAGS}


@pytest.fixture(scope="session", autouse="SLOW_BROWSER" in os.environ)
def _slow_browser() -> None:
    browser.slow_down_every_page(times=float(os.environ["SLOW_BROWSER"]))


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict[str, Any]) -> dict[str, Any]:
    return {**browser_context_args, "locale": "en-GB", "timezone_id": "UTC"}


@pytest.fixture
def page(page: Page) -> Iterator[Page]:
    faults = browser.note_faults(page)
    yield page
    assert faults == []


@pytest.fixture
def issuer(db: None) -> Issuer:
    return make_issuer()


@pytest.fixture
def badge(issuer: Issuer) -> Badge:
    return make_published_badge(issuer)


@pytest.fixture
def staff(issuer: Issuer) -> User:
    """A manager of the issuer: may issue."""
    return make_staff(issuer)


@pytest.fixture
def earner(db: None) -> User:
    """Holds the issuance."""
    return make_user("ana@example.org")


@pytest.fixture
def stranger(db: None) -> User:
    """Has an account and no part in any of it."""
    return make_user("stranger@example.org")


@pytest.fixture
def issuance(badge: Badge, earner: User) -> Issuance:
    return issue(badge, to=earner)
