"""The forms of keywords, of numbers and of the practice telephone."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from wagtail.admin.widgets import AdminAutoHeightTextInput

from organisations.forms import OrganisationModelForm, the_only
from registers.forms.choices import offer_groups
from registers.models import Purpose, Register
from registers.texts import clean_lines
from sms.answering import MOST_PARTS
from sms.encoding import GSM_BASIC, GSM_EXTENDED, SEPTETS, SEPTETS_OF_PART, UNITS, UNITS_OF_PART, length_of
from sms.models import Keyword, ShortNumber
from sms.models.inbound import LONGEST
from sms.receiving import telephone


class SmsInput(AdminAutoHeightTextInput):
    """Says beneath how many messages the text takes, while it is typed (static/sms/length.js)."""

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        counted = {
            "data-sms-length": f"{SEPTETS} {SEPTETS_OF_PART} {UNITS} {UNITS_OF_PART} {MOST_PARTS}",
            "data-sms-single": GSM_BASIC,
            "data-sms-double": GSM_EXTENDED,
            "data-sms-one": gettext_lazy("1 message. Characters left: %(left)s"),
            "data-sms-more": gettext_lazy("%(parts)s messages. Characters left in the last: %(left)s"),
            "data-sms-over": gettext_lazy("%(parts)s messages: too long. An e-mail has more room."),
        }
        super().__init__(counted | (attrs or {}))

    class Media:
        css: ClassVar[dict[str, Any]] = {"all": ["sms/sms.css"]}
        js = ("sms/length.js",)


def check_length(text: str) -> str:
    """The text as it is sent; raises ValidationError where it takes too many messages."""
    text = clean_lines(text)
    if length_of(text).parts > MOST_PARTS:
        raise ValidationError(
            _("This takes %(parts)d messages, and %(most)d are the most. Make it shorter; an e-mail has more room.")
            % {"parts": length_of(text).parts, "most": MOST_PARTS}
        )
    return text


def in_words(text: str) -> str:
    """“1 message” of a text that has a length."""
    parts = length_of(text).parts
    return ngettext("%(parts)d message", "%(parts)d messages", parts) % {"parts": parts} if parts else ""


class ShortNumberForm(OrganisationModelForm):
    class Meta:
        model = ShortNumber
        fields = ["number", "other_reply"]
        widgets = {"other_reply": SmsInput}

    def clean_other_reply(self) -> str:
        return check_length(self.cleaned_data["other_reply"])


class KeywordForm(OrganisationModelForm):
    class Meta:
        model = Keyword
        fields = ["word", "number", "act", "register", "group", "purpose", "promise", "takes_name", "reply"]
        widgets = {"reply": SmsInput, "act": forms.RadioSelect, "promise": AdminAutoHeightTextInput}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.instance.pk:
            for name, rows in (("number", ShortNumber.objects.all()), ("register", Register.objects.all())):
                self.initial.setdefault(name, the_only(rows))
        offer_groups(self.fields["group"])
        self.fields["purpose"].empty_label = _("None")
        used = Purpose.objects.filter(pk=self.instance.purpose_id)
        self.fields["purpose"].queryset = (Purpose.objects.filter(retired=False) | used).order_by("name")

    def clean_reply(self) -> str:
        return check_length(self.cleaned_data["reply"])

    def clean_promise(self) -> str:
        return clean_lines(self.cleaned_data["promise"])


class PracticeForm(forms.Form):
    """A text message as somebody would send it."""

    number = forms.ModelChoiceField(label=gettext_lazy("To"), queryset=ShortNumber.objects.all(), empty_label=None)
    sender = forms.CharField(
        label=gettext_lazy("From"),
        max_length=40,
        help_text=gettext_lazy("A telephone number: of somebody in a register, or any other."),
    )
    text = forms.CharField(label=gettext_lazy("Text"), max_length=LONGEST, widget=AdminAutoHeightTextInput)

    def __init__(self, *args: Any, region: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.region = region

    def clean_sender(self) -> str:
        phone = telephone(self.cleaned_data["sender"], region=self.region)
        if not phone:
            raise ValidationError(_("This is no telephone number. Write it as +358 40 123 4567."))
        return phone
