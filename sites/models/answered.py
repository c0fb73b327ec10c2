from typing import TYPE_CHECKING, Any

from django.utils.functional import cached_property

from organisations.models import Organisation
from sites import pictures
from sites.addresses import absolute_url
from sites.events import version_of
from sites.forms.definition import Definition
from sites.models.replies import FormVersion


class AnsweredPage:
    """What pages with a form of the editor's own share: an event, a sign-up page."""

    if TYPE_CHECKING:
        pk: Any
        image: Any
        questions: Any
        phone_question: Any

    @cached_property
    def organisation(self) -> Organisation:
        return Organisation.of_page(self)

    @property
    def picture(self) -> Any:
        """What stands on top of the page, in the size it has there."""
        return pictures.on_top(self.image)

    @property
    def definition(self) -> Definition:
        """What its form asks, as it stands now."""
        return Definition.from_stream(self.questions, phone=self.phone_question)

    @cached_property
    def form_version(self) -> FormVersion:
        """What its form asks, as the row that answers point at."""
        return version_of(self)

    @cached_property
    def event_url(self) -> str:
        """The page's own address, with scheme and host."""
        return absolute_url(self)
