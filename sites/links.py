"""Personal links: `<page>/r/<token>/`, an HMAC over the event and the contact, nothing stored."""

from datetime import timedelta

from guards import tokens

VALID_AFTER_THE_EVENT = timedelta(days=30)


def token_for(*, page_id: int, contact_id: int) -> str:
    """ "12-Xk3…": Wagtail's addresses have no dots, and a number has no hyphens."""
    return tokens.sign(_salt(page_id), contact_id).replace(".", "-", 1)


def suffix(*, page_id: int, contact_id: int) -> str:
    """What follows the page's address."""
    return f"r/{token_for(page_id=page_id, contact_id=contact_id)}/"


def contact_id_of(*, page_id: int, token: str) -> int | None:
    """The contact a link was made for; None for a link that we did not make for this event."""
    try:
        (contact_id,) = tokens.unsign(_salt(page_id), token.replace("-", ".", 1))
        return int(contact_id)
    except (tokens.TokenError, ValueError):
        return None


def _salt(page_id: int) -> str:
    """The page is part of the purpose, so a link to one event opens no other."""
    return f"sites.reply.{page_id}"
