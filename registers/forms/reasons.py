"""The forms of reasons, and of where data are from."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import RestrictedError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from registers.models import Reason
from registers.reasons import add_words
from registers.texts import clean_line, read_labels


class ReasonsForm(forms.Form):
    """The whole vocabulary: a name and a box for each word, and a line for new ones."""

    new = forms.CharField(
        label=gettext_lazy("New reasons"),
        max_length=1_000,
        required=False,
        help_text=gettext_lazy("With commas between them, such as: member, donor, press."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.words = list(Reason.objects.all())
        for word in self.words:
            self.fields[f"name-{word.pk}"] = forms.CharField(
                label=_("Name of “%(name)s”") % {"name": word}, max_length=80, required=False, initial=word.name
            )
            self.fields[f"retired-{word.pk}"] = forms.BooleanField(
                label=_("Retired"), required=False, initial=word.retired
            )

    def rows(self) -> list[tuple[Any, Any]]:
        return [(self[f"name-{word.pk}"], self[f"retired-{word.pk}"]) for word in self.words]

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        seen: set[str] = set()
        for word in self.words:
            name = clean_line(values.get(f"name-{word.pk}") or "")
            if name and name.casefold() in seen:
                self.add_error(f"name-{word.pk}", _("There is already a reason with this name."))
            seen.add(name.casefold())
        return values

    @transaction.atomic
    def save(self) -> None:
        """Raises ValidationError for a word that was emptied while people have it."""
        # Out of each other's way first: two words may have changed places.
        for word in self.words:
            if clean_line(self.cleaned_data[f"name-{word.pk}"]) not in ("", word.name):
                Reason.objects.filter(pk=word.pk).update(name=f"\x01{word.pk}")
        for word in self.words:
            name = clean_line(self.cleaned_data[f"name-{word.pk}"])
            if not name:
                self._delete(word)
                continue
            word.name, word.retired = name, self.cleaned_data[f"retired-{word.pk}"]
            word.save()
        add_words(read_labels(self.cleaned_data["new"]))

    def _delete(self, word: Reason) -> None:
        try:
            with transaction.atomic():
                word.delete()
        except RestrictedError:
            raise ValidationError(
                {f"name-{word.pk}": _("People are here for this reason: retire it, then it is not offered any more.")}
            ) from None


class SourceForm(forms.Form):
    source = forms.CharField(
        label=gettext_lazy("Where are these data from?"),
        max_length=120,
        help_text=gettext_lazy("Such as: membership form, fair in May 2026, own website."),
    )

    def __init__(self, *args: Any, known: Sequence[str] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.known = known
        if known:
            self.fields["source"].widget = forms.TextInput(attrs={"list": "known-sources"})

    def clean_source(self) -> str:
        text = clean_line(self.cleaned_data["source"])
        if not text:
            raise ValidationError(_("Write where they are from."))
        return text


class ReasonForm(forms.Form):
    reason = forms.ModelChoiceField(
        label=gettext_lazy("Reason"), queryset=Reason.objects.none(), empty_label=gettext_lazy("Choose the reason")
    )
    does = forms.ChoiceField(
        label=gettext_lazy("What about it?"),
        choices=[("give", gettext_lazy("It is why they are here")), ("take", gettext_lazy("It is so no more"))],
        widget=forms.RadioSelect,
        initial="give",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].queryset = Reason.objects.all()  # type: ignore[attr-defined]
