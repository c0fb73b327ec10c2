"""What the hosted look asks of a page: the theme, and fields drawn alike everywhere."""

import json
import secrets
from typing import Any
from urllib.parse import quote

from django import forms, template
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from organisations.models import Theme
from sites.answers import said
from sites.forms.mail_domains import for_the_script, meant
from sites.look import accent_style

register = template.Library()
register.filter(said)
register.filter(meant)
DEFAULT_ACCENT = Theme._meta.get_field("accent").default


@register.simple_tag(takes_context=True)
def hosted_style(context: dict[str, Any]) -> SafeString:
    """The organisation's colour, and the mark by which the middleware knows to send the page's policy."""
    request = context["request"]
    organisation = getattr(request, "organisation", None)
    theme = getattr(organisation, "theme", None)
    if not getattr(request, "hosted_nonce", ""):
        request.hosted_nonce = secrets.token_urlsafe(12)
    style = accent_style(theme.accent if theme else str(DEFAULT_ACCENT))
    return format_html('<style nonce="{}">{}</style>', request.hosted_nonce, mark_safe(style))


@register.filter
def map_link(address: str) -> str:
    """OpenStreetMap's search for an address: a plain link, nothing is loaded from there."""
    return f"https://www.openstreetmap.org/search?query={quote(address)}"


@register.filter
def is_group(field: forms.BoundField) -> bool:
    """Whether a field is several controls, which share a legend instead of a label."""
    return isinstance(field.field.widget, (forms.RadioSelect, forms.CheckboxSelectMultiple))


@register.filter
def is_box(field: forms.BoundField) -> bool:
    return isinstance(field.field.widget, forms.CheckboxInput)


@register.filter
def is_address(field: forms.BoundField) -> bool:
    """Whether a field asks for an e-mail address."""
    return isinstance(field.field, forms.EmailField)


@register.simple_tag
def meant_script() -> str:
    """What `fields.js` has to know, as JSON for an attribute."""
    return json.dumps(for_the_script())
