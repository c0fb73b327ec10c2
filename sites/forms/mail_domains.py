"""Slips of the finger in the addresses of large mail providers: asked about, never refused."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

PROVIDERS = (
    "gmail.com",
    "googlemail.com",
    "hotmail.com",
    "icloud.com",
    "outlook.com",
    "yahoo.com",
    "elisanet.fi",
    "kolumbus.fi",
    "luukku.com",
    "saunalahti.fi",
    "suomi24.fi",
    "t-online.de",
)
OTHERS = ("email.com", "mail.com", "ymail.com")  # are near one of them, and exist
NO_ENDS = ("cmo", "comm", "con", "cpm", "ocm", "vom", "xom")  # where .com was meant


def meant(address: str) -> str:
    """The address that was probably meant; empty where nothing speaks for another. `static/sites/fields.js` does
    the same while one types."""
    mailbox, at, domain = address.strip().rpartition("@")
    domain = domain.lower()
    if not mailbox or not at or domain in (*PROVIDERS, *OTHERS):
        return ""
    near = next((known for known in PROVIDERS if _one_slip(domain, known)), "")
    name, dot, end = domain.rpartition(".")
    if not near and dot and end in NO_ENDS:
        near = f"{name}.com"
    return f"{mailbox}@{near}" if near else ""


def _one_slip(typed: str, known: str) -> bool:
    """Whether one letter is missing, too many or another, or two stand the wrong way round."""
    while typed and known and typed[0] == known[0]:
        typed, known = typed[1:], known[1:]
    while typed and known and typed[-1] == known[-1]:
        typed, known = typed[:-1], known[:-1]
    return max(len(typed), len(known)) <= 1 or (len(typed) == 2 and typed == known[::-1])


def for_the_script() -> Mapping[str, Any]:
    """What the page's script has to know."""
    says = _("Did you mean %(address)s?") % {"address": "{address}"}
    return {"providers": PROVIDERS, "others": OTHERS, "ends": NO_ENDS, "says": says}
