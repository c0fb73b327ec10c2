"""A company, and as what somebody belongs to it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms import Script
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from registers.companies import MAX_NAME, SUGGESTED, company_names
from registers.models import Company
from registers.models.company import company_key
from registers.texts import clean_line


class SuggestInput(forms.TextInput):
    """A line of text with what others have written before, to pick from."""

    suggestions: Sequence[str] = ()

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        known = f"known-{name}"
        field = super().render(name, value, {**(attrs or {}), "list": known}, renderer)
        options = format_html_join("", '<option value="{}">', ((text,) for text in self.suggestions))
        return format_html('{}<datalist id="{}">{}</datalist>', field, known, options)


class CompanyInput(SuggestInput):
    """The name of a company. Where there are more than a page can hold, they are asked for as one types."""

    class Media:
        js = (Script("registers/companies.js", type="module"),)

    def __init__(self) -> None:
        super().__init__({"autocomplete": "off"})

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        self.suggestions = company_names()
        more = {"data-companies": reverse("registers:companies_like")} if len(self.suggestions) >= SUGGESTED else {}
        return super().render(name, value, {**(attrs or {}), **more}, renderer)


class CompanyForm(forms.ModelForm[Company]):
    class Meta:
        model = Company
        fields = ("name", "business_id", "email", "phone", "street", "postcode", "city", "country")

    def clean_name(self) -> str:
        name = clean_line(self.cleaned_data["name"])
        others = Company.objects.filter(name_key=company_key(name)).exclude(pk=self.instance.pk)
        if others.exists():
            raise ValidationError(_("There is already a company with this name."))
        return name


class PlaceForm(forms.Form):
    company = forms.CharField(
        label=gettext_lazy("Company"),
        max_length=MAX_NAME,
        widget=CompanyInput(),
        help_text=gettext_lazy("One that is known already is found by its name; any other is made."),
    )
    role = forms.CharField(label=gettext_lazy("Role"), max_length=120, required=False)
    main = forms.BooleanField(
        label=gettext_lazy("Main company"),
        required=False,
        help_text=gettext_lazy("The one that {{ company }} means in an e-mail."),
    )
