from typing import Any

from django import template

from organisations.figures import number

register = template.Library()


@register.filter
def grouped(value: Any) -> Any:
    """A number as people read it; what is none (yet) stays as it is."""
    return number(value) if isinstance(value, int) else value
