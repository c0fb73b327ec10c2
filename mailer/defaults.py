"""What a new e-mail opens with: a letter to finish, not an empty sheet."""

from typing import Any

from django.utils.html import format_html
from django.utils.translation import gettext as _
from wagtail.rich_text import RichText


def default_body() -> list[tuple[str, Any]]:
    greeting = format_html(
        "<p>{}</p><p>{}</p>",
        _("Dear {{ first_name|friend }},"),
        _("Say in two or three sentences why you write, and what you ask for."),
    )
    farewell = format_html("<p>{}<br/>{}</p>", _("Warm regards,"), _("Your name"))
    return [
        ("heading", {"text": _("A heading that says what this is about"), "size": "h1"}),
        ("text", RichText(greeting)),
        ("event", {"page": None, "button": _("Reply to the invitation")}),
        ("text", RichText(farewell)),
    ]
