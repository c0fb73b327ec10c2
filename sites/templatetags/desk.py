"""Charts of the organiser's desk: bars from zero, their numbers beside them."""

from collections.abc import Sequence
from typing import Any

from django import template
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from organisations.figures import number
from sites.report import Bar, Numbers

register = template.Library()
ROW = 28
LONGEST = 55  # per cent of the width; the rest is for the label


@register.filter
def bar_y(index: int) -> int:
    return index * ROW


@register.filter
def bar_text_y(index: int) -> int:
    return index * ROW + 15


@register.filter
def bar_width(share: int) -> float:
    return share * LONGEST / 100


@register.filter
def chart_height(bars: Sequence[Any]) -> int:
    return len(bars) * ROW


@register.inclusion_tag("sites/desk/replies_chart.html")
def replies_chart(numbers: Numbers) -> dict[str, Any]:
    """How the replies are shared out, invitations without an answer included."""
    counts = [
        (_("Confirmed"), numbers.confirmed),
        (_("Waiting"), numbers.waiting_replies),
        (_("Said no"), numbers.declined),
        (_("Cancelled"), numbers.cancelled),
        (_("Unanswered"), numbers.unanswered),
    ]
    largest = max(count for _label, count in counts) or 1
    yes, no = numbers.confirmed + numbers.waiting_replies, numbers.declined + numbers.cancelled
    replied = ngettext("%(yes)s reply is a yes, %(no)s a no", "%(yes)s replies are a yes, %(no)s a no", yes)
    silent = ngettext(
        "%(open)s invited person has not answered", "%(open)s invited people have not answered", numbers.unanswered
    )
    sentence = f"{replied}; {silent}." % {"yes": number(yes), "no": number(no), "open": number(numbers.unanswered)}
    return {"bars": [Bar(label, count, round(100 * count / largest)) for label, count in counts], "sentence": sentence}
