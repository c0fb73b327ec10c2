"""The two links that a sign-up page mails: to confirm an address, and to see and change one's own details.

Both are HMACs over the page and whom they are for; nothing is stored.
"""

from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from django.utils.crypto import salted_hmac

from guards import tokens
from sites.models.signups import SignUp

VALID = timedelta(days=180)


def confirm_suffix(sign_up: SignUp) -> str:
    """What follows the page's address."""
    return f"c/{_written(_confirming(sign_up.page_id), sign_up.pk)}/"


def sign_up_id(*, page_id: int, token: str) -> int | None:
    """Which sign-up is to be confirmed; None for a link that we did not make for this page."""
    parts = _read(_confirming(page_id), token, count=1)
    return parts[0] if parts else None


class Owner(NamedTuple):
    """Whose link it is, and whether it is older than `VALID`."""

    contact_id: int
    is_old: bool
    mark: int

    def is_at(self, address: str) -> bool:
        """Whether it was mailed to this address: who has it from a former one sees nothing of the owner any more."""
        return self.mark == _mark(address)


def own_suffix(*, page_id: int, contact_id: int, address: str, at: datetime | None = None) -> str:
    """The link names the day on which it was made, `at` or today, and the address that it is mailed to."""
    day = at.toordinal() if at else _today()
    return f"my/{_written(_own(page_id), contact_id, day, _mark(address))}/"


def owner(*, page_id: int, token: str) -> Owner | None:
    """None for a link that we did not make for this page."""
    parts = _read(_own(page_id), token, count=3)
    return Owner(parts[0], _today() - parts[1] > VALID.days, parts[2]) if parts else None


def _mark(address: str) -> int:
    return int(salted_hmac("sites.signups.address", address).hexdigest()[:8], 16)


def _today() -> int:
    return datetime.now(UTC).toordinal()


def _written(salt: str, *numbers: int) -> str:
    """ "12-739571-Xk3…": Wagtail's addresses have no dots, and a number has no hyphens."""
    return tokens.sign(salt, *numbers).replace(".", "-")


def _read(salt: str, token: str, *, count: int) -> list[int]:
    try:
        parts = [int(part) for part in tokens.unsign(salt, token.replace("-", ".", count))]
    except (tokens.TokenError, ValueError):
        return []
    return parts if len(parts) == count else []


def _confirming(page_id: int) -> str:
    return f"sites.signups.confirm.{page_id}"


def _own(page_id: int) -> str:
    return f"sites.signups.own.{page_id}"
