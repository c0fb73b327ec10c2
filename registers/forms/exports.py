"""What is asked before people's data leave the house as a table."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from guards.tables import FORMATS

FORMAT_LABELS = {"xlsx": _("Excel (.xlsx)"), "csv": _("CSV, for other programs")}


class PurposeForm(forms.Form):
    """What for, and as which kind of file: asked of every table of people."""

    purpose = forms.CharField(
        label=_("What for"),
        max_length=200,
        help_text=_("Such as: newsletter by post. It is kept in the access log."),
        widget=forms.TextInput(attrs={"list": "purposes"}),
        error_messages={"required": _("Say in a few words what the list is for.")},
    )
    format = forms.ChoiceField(
        label=_("File"),
        choices=[(name, FORMAT_LABELS[name]) for name in reversed(FORMATS)],
        initial="xlsx",
        widget=forms.RadioSelect,
    )


class ExportForm(PurposeForm):
    """The same, and which of `columns` (key and label)."""

    columns = forms.MultipleChoiceField(
        label=_("Columns"),
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Take only what the purpose needs."),
        error_messages={"required": _("Choose at least one column.")},
    )
    field_order = ("purpose", "columns", "format")

    def __init__(self, *args: Any, columns: Iterable[tuple[str, Any]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["columns"]
        assert isinstance(field, forms.MultipleChoiceField)
        field.choices = list(columns)
