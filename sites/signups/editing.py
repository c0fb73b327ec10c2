"""How a sign-up page is edited: the tabs of its form, and what the form checks."""

import re
from collections.abc import Iterator
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin.forms import WagtailAdminPageForm
from wagtail.admin.panels import (
    FieldPanel,
    FieldRowPanel,
    MultiFieldPanel,
    ObjectList,
    PublishingPanel,
    TabbedInterface,
    TitleFieldPanel,
)

from organisations.forms import the_only
from organisations.models import Organisation
from organisations.ownership import check_image
from registers.forms.choices import offer_groups
from registers.models import Register
from registers.values import ValueMistake
from sites.columns import bindable
from sites.editing import check_questions, slug_panel
from sites.panels import EventPanel
from sites.people import parsed
from sites.questions import split_options
from sites.signups.wording import check_body, check_subject, default_words


def sign_up_tabs() -> TabbedInterface:
    return TabbedInterface(
        [
            ObjectList(
                [
                    TitleFieldPanel("title"),
                    slug_panel(),
                    FieldPanel("image"),
                    FieldPanel("intro"),
                    FieldPanel("thanks"),
                ],
                heading=gettext_lazy("Content"),
            ),
            ObjectList(
                [
                    FieldRowPanel([FieldPanel("register"), FieldPanel("group")]),
                    FieldRowPanel([FieldPanel("name_question"), FieldPanel("phone_question")]),
                    FieldPanel("questions"),
                ],
                heading=gettext_lazy("Form"),
            ),
            ObjectList(
                [
                    EventPanel(template="sites/admin/sign_up_mails_panel.html"),
                    MultiFieldPanel(
                        [FieldPanel("confirm_subject"), FieldPanel("confirm_body")],
                        heading=gettext_lazy("To confirm the address"),
                        help_text=gettext_lazy(
                            "Sent at once to the address that was typed, with the button to confirm it."
                        ),
                    ),
                    MultiFieldPanel(
                        [FieldPanel("link_subject"), FieldPanel("link_body")],
                        heading=gettext_lazy("The link to one's own details"),
                        help_text=gettext_lazy(
                            "Sent to who is on the list and asks for it, with the button to their details."
                        ),
                    ),
                ],
                heading=gettext_lazy("Mails"),
            ),
            ObjectList(
                [FieldPanel("seo_title"), FieldPanel("search_description"), PublishingPanel()],
                heading=gettext_lazy("Promote"),
            ),
        ]
    )


class SignUpPageForm(WagtailAdminPageForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "register" in self.fields:
            registers = Register.objects.all()
            self.fields["register"].queryset = registers
            if not self.instance.pk and not self.initial.get("register"):
                self.initial["register"] = the_only(registers)
        self._fill_in_our_words()
        if "group" in self.fields:
            offer_groups(self.fields["group"])

    def _fill_in_our_words(self) -> None:
        """What the mails say is there to be read and changed, in the language in which they go out."""
        organisation = Organisation.in_scope()
        with translation.override(organisation.language):
            for mail in default_words():
                words = self.instance.words_of(mail)._asdict()
                self.initial |= {f"{mail}_{name}": text for name, text in words.items()}

    def _leave_out_our_words(self, cleaned: dict[str, Any]) -> None:
        """Where they were only read, the page goes on following them: into another language, and to better ones."""
        organisation = Organisation.in_scope()
        with translation.override(organisation.language):
            ours = default_words()
        for mail, words in ours.items():
            subject, body = f"{mail}_subject", f"{mail}_body"
            if (cleaned.get(subject) or "").strip() == words.subject:
                cleaned[subject] = ""
            if body in self.fields:
                editor = self.fields[body].widget.converter
                as_posted = editor.to_database_format(editor.from_database_format(words.body))
                if _without_keys(cleaned.get(body) or "") == _without_keys(as_posted):
                    cleaned[body] = ""

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean()
        register, group = cleaned.get("register"), cleaned.get("group")
        if register and group and group.register_id != register.pk:
            self.add_error(
                "group", _("This group is of another register. Choose one of “%(name)s”.") % {"name": register.name}
            )
        if register and cleaned.get("questions"):
            for mistake in (
                *check_questions(cleaned["questions"], register),
                *check_answers(cleaned["questions"], register),
            ):
                self.add_error("questions", mistake)
        for mail in default_words():
            for name, check in ((f"{mail}_subject", check_subject), (f"{mail}_body", check_body)):
                try:
                    check(cleaned.get(name) or "")
                except ValidationError as error:
                    self.add_error(name, error)
        self._leave_out_our_words(cleaned)
        if cleaned.get("image"):
            try:
                check_image(cleaned["image"])
            except ValidationError as error:
                self.add_error("image", error)
        return cleaned


def _without_keys(text: str) -> str:
    """The editor marks each paragraph anew whenever it is opened."""
    return re.sub(r' data-block-key="[^"]*"', "", text)


# What people answer where they do not write freely.
SAMPLES: dict[str, list[Any]] = {
    "checkbox": [True, False],
    "number": [1],
    "date": ["2026-01-31"],
    "phone": ["+358401234567"],
}


def check_answers(questions: Any, register: Register) -> Iterator[str]:
    """What cannot be saved whatever people answer, or if they choose one of the options: they could not sign up."""
    columns = {column.key: column for column in bindable(register)}
    for child in questions:
        column = columns.get(child.value.get("column") or "")
        if column is None:
            continue
        for answer in SAMPLES.get(child.block_type) or split_options(child.value.get("options") or ""):
            try:
                parsed(column, answer)
            except ValueMistake as mistake:
                yield (
                    _("The answers to “%(question)s” cannot be saved into “%(column)s”: %(why)s.")
                    % {"question": child.value["label"], "column": column.label, "why": mistake}
                )
                break
