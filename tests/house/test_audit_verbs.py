import re

from badgecert.core.audit_verbs import VERBS
from badges.models import BadgeState, VersionKind
from earners.models import EntryKind
from tests.house.source import PACKAGES, files

RECORDED = re.compile(r"""(?:audit\.record(?:_many|_each)?\(\s*|verb=)"([^"]+)\"""")


def test_every_verb_of_the_trail_can_be_translated():
    recorded = {
        verb for package in PACKAGES for path in files(package, ".py") for verb in RECORDED.findall(path.read_text())
    }

    assert len(recorded) > 60
    assert sorted(recorded - set(VERBS)) == []


def test_every_verb_that_is_put_together_can_be_translated():
    made = [f"badge {kind}" for kind in (*VersionKind.values, BadgeState.PUBLISHED, BadgeState.RETIRED)]
    made += [f"request {kind.label.lower()}" for kind in (EntryKind.ASKED_BACK, EntryKind.ANSWERED)]

    assert [verb for verb in made if verb not in VERBS] == []
