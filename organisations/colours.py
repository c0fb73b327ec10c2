"""Colours that can be read: contrast as WCAG 2.2 defines it (relative luminance, success criterion 1.4.3)."""

from collections.abc import Sequence
from functools import lru_cache


@lru_cache(maxsize=1024)
def luminance(colour: str) -> float:
    """Relative luminance, 0 (black) to 1 (white), of `#rrggbb`."""
    channels = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    linear = [value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4 for value in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two colours, 1 to 21."""
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def readable_on(background: str, candidates: Sequence[str]) -> str:
    """The candidate that stands out most from the background."""
    return max(candidates, key=lambda colour: contrast(background, colour))


def mixed_until_read(colour: str, *, towards: str, on: str, enough: float) -> str:
    """`colour`, mixed with as little of `towards` as gives it a contrast of `enough` on the ground `on`."""
    for step in range(21):
        mixed = _mix(colour, towards, step / 20)
        if contrast(mixed, on) >= enough:
            return mixed
    return towards


def _mix(one: str, other: str, share: float) -> str:
    channels = (
        round(int(one[at : at + 2], 16) * (1 - share) + int(other[at : at + 2], 16) * share) for at in (1, 3, 5)
    )
    return "#" + "".join(f"{value:02x}" for value in channels)
