"""How a sign-up page is edited: the tabs of its form, and what the form checks."""

from collections.abc import Iterator
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin.forms import WagtailAdminPageForm
from wagtail.admin.panels import (
    FieldPanel,
    FieldRowPanel,
    ObjectList,
    PublishingPanel,
    TabbedInterface,
    TitleFieldPanel,
)

from organisations.ownership import check_image
from registers.models import Group, Register
from registers.values import ValueMistake
from sites.columns import bindable
from sites.editing import check_questions, the_only
from sites.people import parsed
from sites.questions import split_options


def sign_up_tabs() -> TabbedInterface:
    return TabbedInterface(
        [
            ObjectList(
                [
                    TitleFieldPanel("title"),
                    FieldPanel("slug"),
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
        if "group" in self.fields:
            group = self.fields["group"]
            group.queryset = Group.objects.select_related("register").order_by("register__name", "name")
            group.label_from_instance = lambda row: f"{row.name} ({row.register.name})"
            group.empty_label = _("None")

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
        if cleaned.get("image"):
            try:
                check_image(cleaned["image"])
            except ValidationError as error:
                self.add_error("image", error)
        return cleaned


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
