"""The questions an editor can put on a form, as Wagtail blocks.

A block's id names the question for ever: it survives renaming and reordering, and copies of a page keep it.
"""

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from wagtail import blocks

from sites.columns import consent_purposes, register_columns

TYPES_WITH_OPTIONS = {"radio", "checkboxes", "dropdown"}
MAX_OPTIONS = 200


class QuestionBlock(blocks.StructBlock):
    """What every question has."""

    label = blocks.CharBlock(label=_("Question"), max_length=200)
    help_text = blocks.CharBlock(
        label=_("Help"), max_length=300, required=False, help_text=_("A line under the question, when it needs one.")
    )
    required = blocks.BooleanBlock(label=_("Must be answered"), required=False)
    each_guest = blocks.BooleanBlock(
        label=_("Ask each guest too"),
        required=False,
        help_text=_("Every person of the party answers it for themselves, a diet for example."),
    )
    column = blocks.ChoiceBlock(
        label=_("Saves into"),
        choices=register_columns,
        required=False,
        help_text=_(
            "The column of the register that this answer fills. Public replies fill it only for new people; "
            "people who use their personal link keep their own row up to date."
        ),
    )


class ChoiceQuestionBlock(QuestionBlock):
    options = blocks.TextBlock(
        label=_("Options"), rows=4, help_text=_("One on each line, in the order people should see them.")
    )

    class Meta:
        form_layout = ["label", "options", "help_text", "required", "each_guest", "column"]

    def clean(self, value: Any) -> Any:
        return checked_options(super().clean(value))


class ConsentBlock(blocks.StructBlock):
    """A box that is never ticked in advance, and the words that were agreed to."""

    label = blocks.CharBlock(
        label=_("Consent"), max_length=400, help_text=_("The sentence people agree to. It is kept with every answer.")
    )
    help_text = blocks.CharBlock(label=_("Help"), max_length=300, required=False)
    purpose = blocks.ChoiceBlock(
        label=_("Purpose"),
        choices=consent_purposes,
        help_text=_("What the consent is for. If it is not in this list, add it under People → Purposes."),
    )
    required = blocks.BooleanBlock(
        label=_("Must be ticked"),
        required=False,
        help_text=_("Only for what cannot be done without it: consent to newsletters is always a free choice."),
    )

    class Meta:
        icon = "check"
        label = _("Consent")


class DetailBlock(blocks.StructBlock):
    """A question of a sign-up page: what it asks belongs into the register."""

    label = blocks.CharBlock(label=_("Question"), max_length=200)
    column = blocks.ChoiceBlock(
        label=_("Saves into"),
        choices=register_columns,
        help_text=_("The column of the register that this answer fills. If it is not in this list, add it there."),
    )
    help_text = blocks.CharBlock(
        label=_("Help"), max_length=300, required=False, help_text=_("A line under the question, when it needs one.")
    )
    required = blocks.BooleanBlock(label=_("Must be answered"), required=False)


class ChoiceDetailBlock(DetailBlock):
    options = blocks.TextBlock(
        label=_("Options"), rows=4, help_text=_("One on each line, in the order people should see them.")
    )

    class Meta:
        form_layout = ["label", "column", "options", "help_text", "required"]

    def clean(self, value: Any) -> Any:
        return checked_options(super().clean(value))


class SignUpQuestionsBlock(blocks.StreamBlock):
    text = DetailBlock(label=_("Short text"), icon="pilcrow")
    long_text = DetailBlock(label=_("Long text"), icon="doc-full")
    phone = DetailBlock(label=_("Phone number"), icon="mobile-alt")
    number = DetailBlock(label=_("Number"), icon="decimal")
    date = DetailBlock(label=_("Date"), icon="date")
    radio = ChoiceDetailBlock(label=_("One of several (buttons)"), icon="radio-full")
    dropdown = ChoiceDetailBlock(label=_("One of many (drop-down)"), icon="arrow-down")
    checkboxes = ChoiceDetailBlock(label=_("Several of many (boxes)"), icon="list-ul")
    checkbox = DetailBlock(label=_("Yes or no (one box)"), icon="check")
    consent = ConsentBlock()

    class Meta:
        required = False
        max_num = 60


class QuestionsBlock(blocks.StreamBlock):
    text = QuestionBlock(label=_("Short text"), icon="pilcrow")
    long_text = QuestionBlock(label=_("Long text"), icon="doc-full")
    email = QuestionBlock(label=_("E-mail address"), icon="mail")
    phone = QuestionBlock(label=_("Phone number"), icon="mobile-alt")
    number = QuestionBlock(label=_("Number"), icon="decimal")
    date = QuestionBlock(label=_("Date"), icon="date")
    radio = ChoiceQuestionBlock(label=_("One of several (buttons)"), icon="radio-full")
    dropdown = ChoiceQuestionBlock(label=_("One of many (drop-down)"), icon="arrow-down")
    checkboxes = ChoiceQuestionBlock(label=_("Several of many (boxes)"), icon="list-ul")
    checkbox = QuestionBlock(label=_("Yes or no (one box)"), icon="check")
    consent = ConsentBlock()

    class Meta:
        required = False
        max_num = 60


def checked_options(value: Any) -> Any:
    """The value of a block with `options`, if people can choose among them; raises StructBlockValidationError."""
    options = split_options(value["options"])
    problem: Any = None
    if len(options) < 2:
        problem = _("Write at least two options, each on a line of its own.")
    elif len(options) > MAX_OPTIONS:
        problem = _("That is more than %(most)d options: nobody can read them all.") % {"most": MAX_OPTIONS}
    elif len(set(options)) != len(options):
        problem = _("Two options are the same: make each line different.")
    elif any(len(option) > 200 for option in options):
        problem = _("One of the options is longer than 200 characters.")
    if problem:
        raise blocks.StructBlockValidationError(block_errors={"options": ValidationError(problem)})
    return value


def split_options(text: str) -> list[str]:
    """One option a line, blanks dropped."""
    return [line.strip() for line in text.splitlines() if line.strip()]
