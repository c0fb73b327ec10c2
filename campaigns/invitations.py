"""What a page must offer for a campaign to invite to it. The upper packages' pages fulfil it; none is imported here."""

from datetime import datetime
from typing import Any, Protocol, runtime_checkable

from wagtail.models import Page, get_page_models

from registers.models import Register


@runtime_checkable
class Invitation(Protocol):
    """A page that people are invited to, each by a link of their own. Their answers go to its `register`."""

    def personal_url(self, contact: Any, *, letter: Any = None) -> str:
        """The absolute address of the page for this contact; asks the database nothing.

        `letter` is the message in which it was sent, where somebody follows it from there: it opens no more than then.
        """
        ...

    def why_not_now(self, at: datetime) -> str:
        """What keeps people from replying to it at that moment, whoever they are; '' when nothing does."""
        ...

    def remark(self, at: datetime) -> str:
        """What those who reply at that moment will find that one may not have thought of; '' for nothing."""
        ...

    def email_card(self) -> dict[str, str]:
        """What a letter says about it: title, when, where, url."""
        ...


def invitation_models() -> list[type[Page]]:
    """The kinds of pages that a campaign can invite to, whichever packages they are in."""
    return [model for model in get_page_models() if issubclass(model, Invitation)]


def invitations_in_part() -> Any:
    """The pages to which those invite who see a part only: the published ones of a register they see, or see a part
    of; the newest first."""
    known = Register.objects.values("pk")
    ids: list[int] = []
    for model in invitation_models():
        ids += model.objects.live().filter(register__in=known).values_list("pk", flat=True)
    return Page.objects.filter(pk__in=ids).order_by("-first_published_at", "-pk")
