from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from wagtail.admin.widgets import AdminDateTimeInput

from organisations.forms import uncut
from registers.models.note import LONGEST_NOTE, Note


class NoteForm(forms.Form):
    """Its fields are arguments of `registers.notes.add_note`."""

    text = forms.CharField(label=_("What was said"), max_length=LONGEST_NOTE, widget=forms.Textarea(attrs={"rows": 4}))
    kind = forms.ChoiceField(label=_("How"), choices=Note.Kind.choices, initial=Note.Kind.PHONE)
    at = forms.DateTimeField(
        label=_("When"), required=False, widget=AdminDateTimeInput(), help_text=_("Empty means now.")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        uncut(self)  # the page of the contact shows it too
