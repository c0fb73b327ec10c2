"""What a page must offer for a campaign to invite to it. The upper packages' pages fulfil it; none is imported here."""

from typing import Any, Protocol, runtime_checkable


@runtime_checkable
class Invitation(Protocol):
    """A page that people are invited to, each by a link of their own."""

    def personal_url(self, contact: Any) -> str:
        """The absolute address of the page for this contact; asks the database nothing."""
        ...

    def email_card(self) -> dict[str, str]:
        """What a letter says about it: title, when, where, url."""
        ...
