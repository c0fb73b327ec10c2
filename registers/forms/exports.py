"""What is asked before people's data leave the house."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from guards.tables import FORMATS
from registers.exports.cards import PARTS
from registers.exports.records import purposes
from registers.printing.sheets import BADGES, LABELS
from registers.texts import clean_line

FORMAT_LABELS = {"xlsx": _("Excel (.xlsx)"), "csv": _("CSV, for other programs")}
ANOTHER = "another"


class PurposeForm(forms.Form):
    """What for: asked of every list of people. Offered is what the owners have put on their list.

    Whoever may export may also write another purpose: who has to choose one that is not theirs makes the log lie.
    It is not put on the list by that; the owners see it among their exports, and do so with a click.
    """

    purpose: Any = forms.CharField(
        label=_("What for"),
        max_length=200,
        help_text=_("Such as: newsletter by post. It is kept in the access log."),
        error_messages={"required": _("Say in a few words what the list is for.")},
    )
    another = forms.CharField(label=_("Another purpose, in a few words"), max_length=200, required=False)
    format: Any = forms.ChoiceField(
        label=_("File"),
        choices=[(name, FORMAT_LABELS[name]) for name in reversed(FORMATS)],
        initial="xlsx",
        widget=forms.RadioSelect,
    )
    field_order: Any = ("purpose", "another", "format")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        listed = purposes()
        if not listed:
            del self.fields["another"]
            return
        names = [(name, name) for name in listed]
        self.fields["purpose"] = forms.ChoiceField(
            label=_("What for"),
            help_text=_("It is kept in the access log."),
            choices=[("", _("Choose…")), *names, (ANOTHER, _("Another purpose, written below"))],
            required=False,  # said below, where what was written counts too
        )
        self.order_fields(self.field_order)

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        written = clean_line(values.get("another") or "")
        chosen = clean_line(values.get("purpose") or "")
        if "another" in self.fields and chosen in ("", ANOTHER) and "purpose" not in self.errors:
            if written:
                chosen = written
            else:
                at = "another" if chosen == ANOTHER else "purpose"
                self.add_error(at, _("Say in a few words what the list is for."))
        values["purpose"] = chosen
        return values


class ExportForm(PurposeForm):
    """The same, and which of `columns` (key and label)."""

    columns = forms.MultipleChoiceField(
        label=_("Columns"),
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Take only what the purpose needs."),
        error_messages={"required": _("Choose at least one column.")},
    )
    field_order: Any = ("purpose", "another", "columns", "format")

    def __init__(self, *args: Any, columns: Iterable[tuple[str, Any]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["columns"]
        assert isinstance(field, forms.MultipleChoiceField)
        field.choices = list(columns)


class PdfForm(ExportForm):
    MOST = 12

    format = None
    page = forms.ChoiceField(
        label=_("Page"),
        choices=[("", _("As the columns need it")), ("upright", _("A4 upright")), ("sideways", _("A4 sideways"))],
        required=False,
    )
    field_order: Any = ("purpose", "another", "columns", "page")

    def clean_columns(self) -> list[str]:
        chosen: list[str] = self.cleaned_data["columns"]
        if len(chosen) > self.MOST:
            message = _("A page has room for %(most)s columns at most.")
            raise forms.ValidationError(message, params={"most": self.MOST})
        return chosen


class MergeForm(ExportForm):
    format = None
    delimiter = forms.ChoiceField(
        label=_("For which program"),
        choices=[
            (";", _("Word or Excel in Finnish, Swedish or German: semicolons")),
            (",", _("LibreOffice, or Word in English: commas")),
        ],
        widget=forms.RadioSelect,
        initial=";",
        help_text=_("Both read the file as UTF-8 without being told."),
    )
    together = forms.BooleanField(label=_("One letter for a couple"), required=False, initial=True)
    field_order: Any = ("purpose", "another", "columns", "delimiter", "together")


class EmailsForm(PurposeForm):
    format = None
    shape = forms.ChoiceField(
        label=_("Each line"),
        choices=[("plain", _("aino@example.fi")), ("named", _("Aino Virtanen <aino@example.fi>"))],
        widget=forms.RadioSelect,
        initial="plain",
    )
    everybody = forms.BooleanField(
        label=_("Also those who must not be written to"),
        required=False,
        help_text=_(
            "Without it the list leaves out who has died, is on leave, has asked not to be written to, or whose "
            "address does not work; and, where it is for one of your purposes of consent, who has not agreed to that."
        ),
    )


class LabelsForm(PurposeForm):
    format = None
    sheet = forms.ChoiceField(label=_("Sheet"), choices=[(sheet.key, sheet.label) for sheet in LABELS])
    start = forms.IntegerField(
        label=_("Begin at label"),
        min_value=1,
        initial=1,
        help_text=_("For a sheet that is begun: counted from the upper left, row by row."),
    )

    def clean(self) -> dict[str, Any]:
        values = super().clean()
        sheet = next((sheet for sheet in LABELS if sheet.key == values.get("sheet")), None)
        if sheet and values.get("start") and values["start"] > sheet.each:
            message = _("This sheet has %(each)s labels.")
            self.add_error("start", forms.ValidationError(message, params={"each": sheet.each}))
        return values


class BadgesForm(PurposeForm):
    format = None
    size = forms.ChoiceField(label=_("Size"), choices=[(sheet.key, sheet.label) for sheet in BADGES])
    under = forms.ChoiceField(
        label=_("Under the name"),
        choices=[
            ("company", _("Company")), ("role", _("Role in the company")), ("both", _("Role and company")),
            ("", _("Nothing")),
        ],
        required=False,
        initial="company",
    )  # fmt: skip
    above = forms.CharField(
        label=_("Above the name"), max_length=80, required=False, help_text=_("Such as the name of the event.")
    )


class CardsForm(PurposeForm):
    format = None
    parts = forms.MultipleChoiceField(
        label=_("With each name"),
        choices=list(PARTS.items()),
        widget=forms.CheckboxSelectMultiple,
        required=False,
        initial=["email", "phone"],
        help_text=_("Take only what the purpose needs."),
    )
    version = forms.ChoiceField(
        label=_("Version"),
        choices=[("3.0", _("3.0: read by nearly every program")), ("4.0", _("4.0: the newest"))],
        initial="3.0",
    )


FORMS: dict[str, type[PurposeForm]] = {
    "table": ExportForm,
    "pdf": PdfForm,
    "labels": LabelsForm,
    "badges": BadgesForm,
    "emails": EmailsForm,
    "merge": MergeForm,
    "vcard": CardsForm,
}
