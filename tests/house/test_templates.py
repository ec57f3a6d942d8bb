import re

import pytest
from django.template.loader import get_template

from tests.house.source import PACKAGES, TEMPLATES, files

NAMES = [str(path.relative_to(TEMPLATES)) for path in files(TEMPLATES, ".html", ".txt", ".svg")]
# Django, its admin and allauth look these up by name, and each message has a folder in emails/.
FOUND_BY_CONVENTION = re.compile(
    r"(admin|account|allauth|mfa)/|emails/\w+/(subject|body)\.|guides/[\w-]+\.html$|[45]\d\d(_csrf)?\.html$"
)


@pytest.mark.parametrize("name", NAMES)
def test_template_compiles(name):
    assert get_template(name).template.name == name


def test_every_template_is_used():
    sources = [path for folder in PACKAGES for path in files(folder, ".py")] + files(TEMPLATES, ".html", ".txt", ".svg")
    text = "\n".join(path.read_text() for path in sources)

    unused = [name for name in NAMES if not FOUND_BY_CONVENTION.match(name) and name not in text]

    assert unused == []
