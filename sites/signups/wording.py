"""The words of the two mails of a sign-up page: those it starts with, and what an editor may write instead."""

from typing import NamedTuple

from django.utils.html import strip_tags
from django.utils.translation import gettext as _

from mailer.merging.tags import MergeField, check_never_empty, check_tags

CONFIRM, LINK = "confirm", "link"
FEATURES = ["bold", "italic", "link", "ol", "ul"]  # of an editor's text
ALWAYS_FILLED = ("page", "organisation")


class Words(NamedTuple):
    subject: str
    body: str


def default_words() -> dict[str, Words]:
    """By mail, in the active language."""
    return {
        CONFIRM: Words(
            _("Please confirm: {{ page }}"),
            _(
                "<p>Dear {{ first_name|friend }},</p><p>somebody, we hope you, has filled in “{{ page }}” with this "
                "address. Press the button to confirm it: until then nothing is saved.</p>"
                "<p>Was it not you? Then do nothing, and you will hear no more of it.</p>"
            ),
        ),
        LINK: Words(
            _("Your link: {{ page }}"),
            _(
                "<p>Dear {{ first_name|friend }},</p><p>with the button you see what we have written down about you "
                "for “{{ page }}”. You can change it there, and leave the list.</p>"
                "<p>The link is yours alone: pass it on to nobody. If you did not ask for it, you need do nothing.</p>"
            ),
        ),
    }


def says_something(body: str) -> bool:
    """An editor that was emptied leaves tags behind."""
    return bool(strip_tags(body).strip())


def sign_up_fields() -> list[MergeField]:
    """What may stand between the braces."""
    return [
        MergeField("first_name", _("First name")),
        MergeField("page", _("The page's title")),
        MergeField("organisation", _("Your organisation's name")),
    ]


def check_body(text: str) -> None:
    """Raise ValidationError for a merge field that is unknown or not closed."""
    check_tags(text, sign_up_fields(), of=_("the mails of a sign-up page"))


def check_subject(text: str) -> None:
    """As `check_body`; and something has to be left of a subject whoever it goes to."""
    check_body(text)
    check_never_empty(text, always=ALWAYS_FILLED)
