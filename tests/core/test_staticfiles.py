"""Small files are sent as few: what the finder puts together, and what collectstatic makes of it."""

import re
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.core.management import call_command

from badgecert.core.staticfiles import assembled_css, assembled_js


def test_assembled_css_puts_imports_into_their_layers():
    files = {
        "css/_app.css": '@layer a, b; /* order */\n@import url("one.css") layer(a);\n@import "sub/two.css" layer(b);',
        "css/one.css": "p { color: red; } /* why */",
        "css/sub/two.css": "b { color: blue; }",
    }

    assert assembled_css("css/_app.css", files.__getitem__) == (
        "@layer a, b; @layer a {\np { color: red; }\n}\n@layer b {\nb { color: blue; }\n}"
    )


def test_assembled_css_moves_relative_addresses():
    files = {
        "css/_app.css": '@import url("sub/two.css") layer(b);',
        "css/sub/two.css": 'p { background: url("../../img/x.svg"), url(data:image/png;base64,AA), url("/static/y.png"); }',
    }

    css = assembled_css("css/_app.css", files.__getitem__)

    assert re.findall(r"url\([^)]*\)", css) == [
        'url("../img/x.svg")',
        "url(data:image/png;base64,AA)",
        'url("/static/y.png")',
    ]


def test_assembled_css_follows_imports_of_imports():
    files = {
        "css/_desk.css": '@import url("../admin/forms.css") layer(stock);',
        "admin/forms.css": "@import url('widgets.css');\na { top: 0; }",
        "admin/widgets.css": "b { background: url(../img/x.png); }",
    }

    assert assembled_css("css/_desk.css", files.__getitem__) == (
        '@layer stock {\nb { background: url("../img/x.png"); }\na { top: 0; }\n}'
    )


def test_assembled_js_keeps_the_names_of_modules_apart():
    files = {
        "js/_app.js": '// why\nimport "./one.js";\nimport "./two.js";\n',
        "js/one.js": "const field = 1;\n",
        "js/two.js": "const field = 2;\n",
    }

    assert assembled_js("js/_app.js", files.__getitem__) == "{\nconst field = 1;\n}\n{\nconst field = 2;\n}\n"


@pytest.mark.parametrize("name", ["css/app.css", "css/desk.css", "js/app.js"])
def test_assembled_file_is_found_whole(name):
    found = Path(finders.find(name))

    assert not re.search(r"(?m)^\s*@?import\b", found.read_text())


def test_assembled_file_that_did_not_change_keeps_its_time():
    found = Path(finders.find("css/app.css"))
    before = found.stat().st_mtime_ns

    finders.find("css/app.css")

    assert found.stat().st_mtime_ns == before


def test_other_files_are_found_where_they_are(settings):
    assert finders.find("css/tokens.css") == str(settings.BASE_DIR / "static/css/tokens.css")


def test_a_missing_import_stops_with_its_name(settings, tmp_path):
    (tmp_path / "css").mkdir()
    (tmp_path / "css/_app.css").write_text('@import url("gone.css") layer(base);')
    settings.STATICFILES_DIRS = [tmp_path]
    finders.get_finder.cache_clear()

    with pytest.raises(FileNotFoundError, match=r"css/gone\.css"):
        finders.find("css/app.css")

    finders.get_finder.cache_clear()


def test_collectstatic_names_files_by_content_and_compresses_them(settings, tmp_path):
    settings.STATIC_ROOT = tmp_path
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
    }

    call_command("collectstatic", interactive=False, verbosity=0)

    (css,) = tmp_path.glob("css/app.????????????.css")
    assert "@import" not in css.read_text()
    assert re.search(r'url\("\.\./img/rosette\.[0-9a-f]{12}\.svg"\)', css.read_text())
    # A public page, its fonts and its pictures have 100 kB together.
    assert (tmp_path / f"css/{css.name}.br").stat().st_size < 11_000
