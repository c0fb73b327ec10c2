"""Countries by their two letters, as telephone numbers know them."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from phonenumbers import SUPPORTED_REGIONS


class CountryCodeField(forms.CharField):
    """The two letters of a country that has telephone numbers; "fi" is FI."""

    def to_python(self, value: Any) -> str:
        return str(super().to_python(value) or "").upper()

    def run_validators(self, value: Any) -> None:
        if value and value not in SUPPORTED_REGIONS:
            raise ValidationError(
                _("“%(code)s” is not the code of a country. That of the United Kingdom is GB, for example."),
                params={"code": value},
            )
        super().run_validators(value)
