"""Starts the services before pytest-django reads the settings, so it is named on pytest's command line (`-p`)."""

import atexit
import os
import shutil
import tempfile

import pytest

from tests.services import start_postgres, start_redis

# With several processes (pytest-xdist) the first one starts PostgreSQL, where each has a database of its own; a Redis
# and a folder belong to one process, since tests empty them.
if "PYTEST_XDIST_WORKER" not in os.environ:
    os.environ["DATABASE_URL"] = start_postgres()
var = tempfile.mkdtemp(prefix="bcvar-")
atexit.register(shutil.rmtree, var, ignore_errors=True)
os.environ["BADGECERT_VAR"] = var
os.environ["REDIS_URL"] = f"unix://{start_redis()}?db=0"

# Playwright's event loop runs in the main thread from the first browser test on; Django would refuse every query.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"


def pytest_report_header(config: pytest.Config) -> list[str]:
    return [f"database: {os.environ['DATABASE_URL']}", f"redis: {os.environ['REDIS_URL']}"]
