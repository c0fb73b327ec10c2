"""What a new e-mail opens with: a letter to finish, not an empty sheet."""

from typing import Any
from uuid import uuid4

from django.utils.html import format_html
from django.utils.translation import gettext as _


def default_words() -> list[str]:
    """What stands in it to be written anew, each on a line of its own."""
    return [
        _("A heading that says what this is about"),
        _("Say in two or three sentences why you write, and what you ask for."),
        _("Your name"),
    ]


def default_body() -> list[dict[str, Any]]:
    """Blocks with ids of their own: the editor's links lead to them, and screen readers tell them apart."""
    heading, request, name = default_words()
    greeting = format_html("<p>{}</p><p>{}</p>", _("Dear {{ first_name|friend }},"), request)
    farewell = format_html("<p>{}<br/>{}</p>", _("Warm regards,"), name)
    blocks: list[tuple[str, Any]] = [
        ("heading", {"text": heading, "size": "h1"}),
        ("text", greeting),
        ("event", {"page": None, "button": _("Reply to the invitation")}),
        ("text", farewell),
    ]
    return [{"type": kind, "value": value, "id": str(uuid4())} for kind, value in blocks]
