"""The types that a column can have, and the choices of those that have some."""

from __future__ import annotations

from typing import NamedTuple

from django.db import models
from django.utils.translation import gettext_lazy


class ColumnType(models.TextChoices):
    TEXT = "text", gettext_lazy("Text")
    LONG_TEXT = "long_text", gettext_lazy("Long text")
    NUMBER = "number", gettext_lazy("Number")
    DATE = "date", gettext_lazy("Date")
    YES_NO = "yes_no", gettext_lazy("Yes or no")
    CHOICE = "choice", gettext_lazy("One of several choices")
    MULTIPLE_CHOICE = "multiple_choice", gettext_lazy("Several of several choices")
    EMAIL = "email", gettext_lazy("E-mail address")
    PHONE = "phone", gettext_lazy("Phone number")
    URL = "url", gettext_lazy("Web address")
    PHONES = "phones", gettext_lazy("Phone numbers")
    COUNTRY = "country", gettext_lazy("Country")
    LANGUAGE = "language", gettext_lazy("Language")
    MONEY = "money", gettext_lazy("Amount of money")
    COMPANY = "company", gettext_lazy("Company")


class Option(NamedTuple):
    code: str
    label: str


# Stored as the code of one option; the options of a choice are the register's own, of the others those of the world.
ONE_OF = frozenset({ColumnType.CHOICE, ColumnType.COUNTRY, ColumnType.LANGUAGE})
# In which a column may ask that nobody has the same as another.
UNIQUE_TYPES = frozenset(
    {ColumnType.TEXT, ColumnType.NUMBER, ColumnType.DATE, ColumnType.EMAIL, ColumnType.PHONE, ColumnType.URL}
)
# Stored as a list.
SEVERAL_OF = frozenset({ColumnType.MULTIPLE_CHOICE, ColumnType.PHONES})
