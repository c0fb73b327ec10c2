"""How an organisation's mail looks: its colours, mark and name."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mailer.rendering.urls import absolute
from organisations.colours import mixed_until_read
from organisations.models import Theme

if TYPE_CHECKING:
    from organisations.models import Organisation

PAPER_DARK = "#1c1c1f"
LOGO_HEIGHT = 48
LOGO_SPEC = f"max-400x{LOGO_HEIGHT * 2}|format-png"
ENOUGH_CONTRAST = 6.0  # a little above WCAG 2.2, 1.4.3: links lie among brighter words


@dataclass(frozen=True, slots=True)
class Look:
    """What a mail takes from its organisation. Colours are #rrggbb; `logo_url` is absolute or empty."""

    name: str
    accent: str
    on_accent: str  # text on the accent
    accent_dark: str  # the accent as text on dark paper
    postal_address: str = ""
    contact_email: str = ""
    logo_url: str = ""
    logo_width: int = 0
    logo_height: int = 0
    language: str = "en"


def look_of(organisation: "Organisation") -> Look:
    """The look of an organisation; draws its logo in the size of mails where that has not been done."""
    theme: Theme = getattr(organisation, "theme", None) or Theme()
    logo = theme.logo
    logo_url, width, height = "", 0, 0
    if logo is not None:
        rendition = logo.get_rendition(LOGO_SPEC)
        logo_url, width, height = absolute(rendition.url), -(-rendition.width // 2), -(-rendition.height // 2)
    return Look(
        name=organisation.name,
        accent=theme.accent,
        on_accent=theme.on_accent,
        accent_dark=mixed_until_read(theme.accent, towards="#ffffff", on=PAPER_DARK, enough=ENOUGH_CONTRAST),
        postal_address=_without_name(organisation.postal_address, organisation.name),
        contact_email=organisation.contact_email,
        logo_url=logo_url,
        logo_width=width,
        logo_height=height,
        language=organisation.language or "en",
    )


def _without_name(postal_address: str, name: str) -> str:
    """The address alone: the footer sets the name above it already."""
    lines = [line.strip() for line in postal_address.splitlines() if line.strip()]
    return "\n".join(lines[1:] if lines and lines[0] == name else lines)
