"""The site's own settings with two more pages: the empty view and the one-row view that pages are compared with."""

import os

from badgecert.settings import *
from badgecert.settings import CACHES, LOGGING

ROOT_URLCONF = "scripts.bench.urls"

if "BENCH_KEEPS_NO_PAGES" in os.environ:
    CACHES = {**CACHES, "answers": {"BACKEND": "django.core.cache.backends.dummy.DummyCache"}}

# All questions come from one machine here.
ACCOUNT_RATE_LIMITS = {"login": "1000000/m/ip"}
FAILED_LOGINS_PER_NETWORK_HOUR = 1_000_000
# Nothing listens there: whoever is known would wait for the mail server, if it were asked.
EMAIL_PORT = 9

# Refusals are what some of these ask for.
LOGGING = {**LOGGING, "loggers": {"django.request": {"level": "ERROR"}}}
