import gc

import pytest

from badgecert.core.garbage import garbage_left_alone


def test_garbage_is_looked_for_again_afterwards_also_after_an_error():
    was_enabled = []

    @garbage_left_alone()
    def work():
        was_enabled.append(gc.isenabled())
        raise ValueError("half-way")

    with pytest.raises(ValueError, match="half-way"):
        work()

    assert (was_enabled, gc.isenabled()) == ([False], True)
