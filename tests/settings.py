"""The site's own settings, made cheap. The plugin beside this file has named the database and Redis by now.

Also what mypy and the checks read, which need settings but no services: hence the defaults.
"""

import os

for name, value in {
    "BADGECERT_ENV_FILE": os.devnull,
    "SECRET_KEY": "only-for-tests-only-for-tests-only-for-tests-only-for-tests",
    "SEALING_KEYS": "b25seS1mb3ItdGVzdHMtb25seS1mb3ItdGVzdHMtLS0=",
    "BASE_URL": "http://testserver",
}.items():
    os.environ.setdefault(name, value)

from badgecert.settings import *
from badgecert.settings import BASE_DIR, STATIC_ROOT, STORAGES, TEMPLATES
from tests.strict_templates import UnknownVariable

# Argon2 is slow on purpose; tests make hundreds of people.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]

# Straight from the source folders: a changed style sheet needs no collectstatic before the next test.
STORAGES = {**STORAGES, "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
STATIC_ROOT.mkdir(parents=True, exist_ok=True)

TEMPLATES[0]["OPTIONS"]["string_if_invalid"] = UnknownVariable(BASE_DIR / "templates")
