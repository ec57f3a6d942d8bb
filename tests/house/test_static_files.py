import re

import pytest
from django.core.management import call_command

from tests.house.source import STATIC, TEMPLATES, files

# What a browser fetches by itself, as opposed to a link that somebody follows.
FETCHED = re.compile(
    r"""(?:\b(?:src|srcset|poster)=["']?|<link\b[^>]*\bhref=["']?|url\(\s*["']?|@import\s+["']|\bimport\s*\(?\s*["']
         |\bfrom\s+["']|\bfetch\(\s*["'`])\s*(?:https?:)?//[^\s"'`)]+""",
    re.VERBOSE,
)


@pytest.mark.parametrize("path", files(TEMPLATES, ".html", ".txt") + files(STATIC, ".css", ".js", ".svg"), ids=str)
def test_page_fetches_nothing_from_other_hosts(path):
    assert FETCHED.findall(path.read_text()) == []


@pytest.mark.parametrize(
    "text",
    [
        '<script src="https://cdn.example/x.js">',
        '<link rel="stylesheet" href="//cdn.example/x.css">',
        "@import 'https://cdn.example/x.css'",
        "background: url(https://cdn.example/x.png)",
        'import { x } from "https://cdn.example/x.js"',
        'fetch("https://cdn.example/x")',
    ],
)
def test_fetched_pattern_sees_each_way_to_fetch(text):
    assert len(FETCHED.findall(text)) == 1


def test_every_reference_between_static_files_resolves(settings, tmp_path):
    settings.STATIC_ROOT = tmp_path
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"},
    }

    call_command("collectstatic", interactive=False, verbosity=0)

    assert (tmp_path / "staticfiles.json").exists()
