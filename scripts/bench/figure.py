"""What a bench says."""

from typing import NamedTuple


class Figure(NamedTuple):
    name: str
    value: float
    unit: str
    # What was measured beside it, and how many times as much (of the same unit) the value is.
    reference: str
    ratio: float
    n: int
