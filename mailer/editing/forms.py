"""The form of an EmailPage: merge fields are checked where they stand, the size as a whole."""

from typing import Any

from django.core.exceptions import ValidationError
from wagtail.admin.forms import WagtailAdminPageForm

from mailer.editing.previews import measure
from mailer.merging.fields import offer_for
from mailer.merging.offers import check_text, offering
from mailer.merging.tags import check_never_empty
from mailer.rendering.pages import CompileError
from organisations.models import Organisation
from registers.models import Register
from registers.texts import clean_line


class EmailPageForm(WagtailAdminPageForm):
    """Which fields may be merged depends on the register chosen in the same form."""

    def full_clean(self) -> None:
        with offering(offer_for(self._chosen_register())):
            super().full_clean()

    def clean_subject(self) -> str:
        subject = self._checked("subject")
        check_never_empty(subject)
        return subject

    def clean_preheader(self) -> str:
        return self._checked("preheader")

    def clean_sender_name(self) -> str:
        """Without the marks that turn the reading direction: the address after it would be read from behind."""
        return clean_line(self.cleaned_data.get("sender_name") or "")

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean()
        if not self.errors and "body" in cleaned:
            self._check_size(cleaned)
        return cleaned

    def _checked(self, name: str) -> str:
        value = " ".join(str(self.cleaned_data.get(name) or "").split())
        check_text(value)
        return value

    def _chosen_register(self) -> Register | None:
        if not self.is_bound:
            return getattr(self.instance, "register", None)
        field = self.fields["register"]
        try:
            chosen: Register | None = field.clean(field.widget.value_from_datadict(self.data, {}, "register"))
        except ValidationError:
            return None  # the field says so itself
        return chosen

    def _check_size(self, cleaned: dict[str, Any]) -> None:
        page = self.instance
        page.subject, page.preheader, page.body = cleaned["subject"], cleaned["preheader"], cleaned["body"]
        try:
            measure(page, organisation=Organisation.of_page(self.parent_page))
        except CompileError as error:
            self.add_error("body", str(error))
