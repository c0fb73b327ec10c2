"""The merge fields of an event's automatic mails."""

from django.utils.translation import gettext as _

from mailer.merging.tags import MergeField, check_never_empty, check_tags

ALWAYS_FILLED = ("event", "when", "reply_by", "organisation")


def event_fields() -> list[MergeField]:
    """What may stand between the braces in an event's mails."""
    return [
        MergeField("first_name", _("First name")),
        MergeField("last_name", _("Last name")),
        MergeField("event", _("The event's title")),
        MergeField("when", _("Date and time")),
        MergeField("where", _("Place")),
        MergeField("party_size", _("How many are coming")),
        MergeField("position", _("Place in the waiting list")),
        MergeField("reply_by", _("The last moment to reply")),
        MergeField("organisation", _("Your organisation's name")),
    ]


def check_message(text: str) -> None:
    """Raise ValidationError for a merge field that is unknown or not closed."""
    check_tags(text or "", event_fields(), of=_("the mails of an event"))


def check_subject(text: str) -> None:
    """As `check_message`; and something has to be left of a subject whatever is known of the guest."""
    check_message(text)
    check_never_empty(text or "", always=ALWAYS_FILLED)
