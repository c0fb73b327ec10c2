"""The colours of hosted pages: an organisation's accent, made readable on paper and in the dark."""

from organisations.colours import mixed_until_read, readable_on

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
    return mixed_until_read(accent, towards=goal, on=ground, enough=READABLE)
