"""SVG path data written short: relative commands, rounded numbers, no needless spaces."""


def number(value: float, decimals: int = 1) -> str:
    """A number as SVG wants it, in the fewest characters: 12, -3.5, .25."""
    text = f"{value:.{decimals}f}"
    if decimals:
        text = text.rstrip("0").rstrip(".")
    if text in {"-0", ""}:
        return "0"
    return text.replace("0.", ".", 1) if text.startswith(("0.", "-0.")) else text


class PathData:
    """Collects the commands of one path in absolute numbers and writes them relative.

    Every point is rounded before it is subtracted, so that rounding never adds up along a path.
    """

    def __init__(self, decimals: int = 1) -> None:
        self._decimals = decimals
        self._commands: list[str] = []
        self._at = (0.0, 0.0)
        self._start = (0.0, 0.0)

    def move(self, x: float, y: float) -> None:
        self._append("m", [(x, y)])
        self._start = self._at

    def line(self, x: float, y: float) -> None:
        self._append("l", [(x, y)])

    def quadratic(self, cx: float, cy: float, x: float, y: float) -> None:
        self._append("q", [(cx, cy), (x, y)])

    def cubic(self, c1x: float, c1y: float, c2x: float, c2y: float, x: float, y: float) -> None:
        self._append("c", [(c1x, c1y), (c2x, c2y), (x, y)])

    def smooth(self, c2x: float, c2y: float, x: float, y: float) -> None:
        """A cubic whose first control point mirrors the second one of the cubic before it."""
        self._append("s", [(c2x, c2y), (x, y)])

    def arc(self, radius: float, x: float, y: float) -> None:
        """The short clockwise arc of a circle."""
        size = number(radius, self._decimals)
        self._append(f"a{size} {size} 0 0 1 ", [(x, y)])

    def close(self) -> None:
        self._commands.append("z")
        self._at = self._start

    def __str__(self) -> str:
        return "".join(self._commands)

    def _append(self, command: str, points: list[tuple[float, float]]) -> None:
        rounded = [(round(x, self._decimals), round(y, self._decimals)) for x, y in points]
        from_x, from_y = self._at
        written = ""
        for x, y in rounded:
            for difference in (x - from_x, y - from_y):
                text = number(difference, self._decimals)
                written += text if text.startswith("-") or not written else f" {text}"
        self._commands.append(command + written)
        self._at = rounded[-1]
