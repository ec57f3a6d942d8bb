"""Bars of weeks as shapes for an SVG: sizes are attributes of the picture, so no page needs a style of its own."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.formats import date_format

WIDTH, HEIGHT = 284, 150
_TOP, _FOOT, _RADIUS = 14, 122, 3


@dataclass(frozen=True)
class Bar:
    path: str
    # Where a number stands above it; only the highest and the last one have one.
    middle: float
    top: float
    number: str


@dataclass(frozen=True)
class Label:
    x: float
    anchor: str
    words: str


@dataclass(frozen=True)
class Bars:
    title: str
    about: str
    bars: list[Bar]
    labels: list[Label]
    lines: tuple[float, ...] = (_TOP, (_TOP + _FOOT) / 2, _FOOT)


def bars(title: str, about: str, numbers: Sequence[int], days: Sequence[date]) -> Bars:
    """One for each number; the days are those from which each counts."""
    step, highest = WIDTH / len(numbers), max(numbers)
    gap = min(6, step * 0.28)
    told = {max(range(len(numbers)), key=numbers.__getitem__), len(numbers) - 1} if highest else set()
    return Bars(
        title,
        about,
        [
            _bar(position * step + gap / 2, step - gap, number, highest, is_told=position in told)
            for position, number in enumerate(numbers)
        ],
        _labels(days, step, gap),
    )


def _bar(x: float, width: float, number: int, highest: int, *, is_told: bool) -> Bar:
    height = (_FOOT - _TOP) * number / highest if highest else 0
    radius = min(_RADIUS, width / 2, height)
    path = (
        f"M{x:.1f} {_FOOT}v{radius - height:.1f}q0 {-radius:.1f} {radius:.1f} {-radius:.1f}h{width - 2 * radius:.1f}"
        f"q{radius:.1f} 0 {radius:.1f} {radius:.1f}v{height - radius:.1f}z"
        if height
        else ""
    )
    return Bar(path, round(x + width / 2, 1), round(_FOOT - height - 5, 1), f"{number:,}" if is_told else "")


def _labels(days: Sequence[date], step: float, gap: float) -> list[Label]:
    last = len(days) - 1
    between = [last // 3, 2 * last // 3] if last >= 9 else []
    return [
        Label(round(gap / 2, 1), "start", _short(days[0])),
        *(Label(round((position + 0.5) * step, 1), "middle", _short(days[position])) for position in between),
        Label(round(WIDTH - gap / 2, 1), "end", _short(days[last])),
    ]


def _short(day: date) -> str:
    return date_format(day, "j M")
