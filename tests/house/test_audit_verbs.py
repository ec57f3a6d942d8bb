import re

from badgecert.core.audit_verbs import VERBS
from tests.house.source import PACKAGES, files

RECORDED = re.compile(r"""(?:audit\.record(?:_many)?\(\s*|verb=)"([^"]+)\"""")


def test_every_verb_of_the_trail_can_be_translated():
    recorded = {
        verb for package in PACKAGES for path in files(package, ".py") for verb in RECORDED.findall(path.read_text())
    }

    assert len(recorded) > 60
    assert sorted(recorded - set(VERBS)) == []
