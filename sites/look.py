"""The colours of hosted pages: an organisation's accent, made readable on paper and in the dark."""

from organisations.colours import contrast, readable_on

PAPER, INK = "#fdfcfa", "#1d2126"
NIGHT, MOON = "#15181c", "#eceae6"
READABLE = 4.5  # WCAG 2.2, 1.4.3


def accent_style(accent: str) -> str:
    """CSS custom properties for light and dark."""
    day = readable_accent(accent, PAPER)
    night = readable_accent(accent, NIGHT)
    night_text = readable_on(night, (NIGHT, MOON))
    return (
        f":root{{--accent:{day};--on-accent:{readable_on(day, (PAPER, INK))}}}"
        f"@media (prefers-color-scheme:dark){{:root{{--accent:{night};--on-accent:{night_text}}}}}"
    )


def readable_accent(accent: str, ground: str) -> str:
    """The accent, moved towards black or white just as far as text in it can be read on `ground`."""
    goal = readable_on(ground, ("#000000", "#ffffff"))
    for step in range(21):
        colour = mix(accent, goal, step / 20)
        if contrast(colour, ground) >= READABLE:
            return colour
    return goal


def mix(one: str, other: str, share: float) -> str:
    channels = (
        round(int(one[at : at + 2], 16) * (1 - share) + int(other[at : at + 2], 16) * share) for at in (1, 3, 5)
    )
    return "#" + "".join(f"{value:02x}" for value in channels)
