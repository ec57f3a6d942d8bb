"""Our own drawings as PNG. Pictures that people bring go through badgecert.core.pictures instead."""

import resvg_py


def to_png(svg: str, size: int) -> bytes:
    """A square PNG with a transparent ground."""
    return bytes(resvg_py.svg_to_bytes(svg_string=svg, width=size, height=size))
