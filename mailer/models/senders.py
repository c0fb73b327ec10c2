from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from mailer.outbox.mime import MailboxError, ascii_address
from organisations.models import OrganisationModel
from organisations.reach import Everything, Within
from registers.texts import clean_line


def validate_mailable(value: str) -> None:
    """An address that every mail server takes: nothing beyond ASCII before the @."""
    try:
        ascii_address(value)
    except MailboxError:
        raise ValidationError(_("Mail servers do not take this address. Write it as name@example.org.")) from None


class Sender(OrganisationModel):
    """Who a letter is from."""

    name = models.CharField(_("name"), max_length=100, help_text=_("What recipients see in their list of letters."))
    email = models.EmailField(
        _("e-mail address"),
        validators=[validate_mailable],
        help_text=_("Your mail server must be allowed to send from it."),
    )
    reply_to = models.EmailField(
        _("replies go to"), blank=True, validators=[validate_mailable], help_text=_("Empty: to the address above.")
    )

    within_reach: ClassVar[Within] = Everything()

    class Meta:
        verbose_name = _("sender")
        verbose_name_plural = _("senders")
        ordering = ["name", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "name", "email"],
                name="sender_once",
                violation_error_message=_("There is already a sender with this name and address."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.name} <{self.email}>"

    def clean(self) -> Any:
        self.name = clean_line(self.name)  # a mark that turns the reading direction would turn the address as well
        return super().clean()
