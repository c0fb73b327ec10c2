import re
from typing import ClassVar

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.crypto import get_random_string
from django.utils.translation import gettext_lazy as _

from organisations.models import Organisation, OrganisationModel, Role
from registers.addresses import phone_key
from registers.texts import clean_line

KEY_LENGTH = 32
DIGITS = r"^\+?[0-9]{3,15}$"
NO_NUMBER = _("Write three to fifteen digits, with a plus before a country code.")


def new_key() -> str:
    """What stands in the address that the gateway calls: 190 bits that nobody guesses."""
    return get_random_string(KEY_LENGTH)


class ShortNumber(OrganisationModel):
    """A number that people send text messages to: a short number such as 18230, or a whole telephone number."""

    number = models.CharField(
        _("number"),
        max_length=20,
        help_text=_("As people write it: a short number such as 18230, or a telephone number."),
    )
    other_reply = models.TextField(
        _("answer to anything else"),
        blank=True,
        help_text=_("What people get who send no keyword that you have. Empty: nothing."),
    )
    key = models.CharField(max_length=KEY_LENGTH, default=new_key, unique=True, editable=False)
    created_at = models.DateTimeField(_("added"), auto_now_add=True)

    permission_roles: ClassVar[dict[str, str]] = {"change": Role.OWNER, "view": Role.EDITOR}

    class Meta:
        verbose_name = _("number")
        verbose_name_plural = _("numbers")
        ordering = ["number", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "number"],
                name="short_number_once",
                violation_error_message=_("There is already this number."),
            ),
            models.UniqueConstraint(fields=["id", "organisation"], name="short_number_in_organisation"),
            models.CheckConstraint(
                condition=models.Q(number__regex=DIGITS),
                name="short_number_digits",
                violation_error_message=NO_NUMBER,
            ),
        ]

    def __str__(self) -> str:
        return self.number

    def clean(self) -> None:
        self.number = "".join(clean_line(self.number).translate(_SPACING).split())
        if self.number.startswith("0"):  # gateways want their sender with its country code
            self.number = phone_key(self.number, Organisation.in_scope().region) or self.number
        if not re.fullmatch(DIGITS, self.number):
            raise ValidationError({"number": NO_NUMBER})


_SPACING = str.maketrans("", "", "-()/.")
