"""How people like to see a register: columns of their choice, and lists they come back to."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.http import QueryDict
from django.utils.translation import gettext as _

from registers.columns import Column
from registers.models.register import Register
from registers.models.saved_view import ChosenColumns, SavedView
from registers.texts import clean_line

SHOWN_AT_FIRST = ("email", "phone", "city")
MAX_SHOWN = 8
MAX_VIEWS = 30
LONGEST_QUERY = 8_000
# What an address of a list holds beside search, filters and order.
_PASSING = ("p", "view", "_w_filter_fragment", "csrfmiddlewaretoken")


def views_for(register: Register, user: Any) -> Any:
    """The views that a user may open: their own, and those that others share."""
    found = SavedView.objects.filter(Q(owner=user) | Q(shared=True), register=register)
    return found.select_related("owner")


def lasting_query(query: QueryDict) -> str:
    """The part of a list's address that a view keeps."""
    kept = query.copy()
    for name in _PASSING:
        kept.pop(name, None)
    for name in list(kept):
        kept.setlist(name, [value for value in kept.getlist(name) if value])
    return kept.urlencode()


def save_view(
    *,
    register: Register,
    owner: Any,
    name: str,
    query: str,
    columns: Sequence[str],
    shared: bool,
    opened: SavedView | None = None,
) -> SavedView:
    """Keep a list under a name; under that of the view that is `opened` it takes its place. Raises ValidationError."""
    name = clean_line(name)[:60]
    if not name:
        raise ValidationError({"name": _("Name the view.")})
    if len(query) > LONGEST_QUERY:
        raise ValidationError(_("This list has more conditions than a view can keep: save them as a segment first."))
    mine = SavedView.objects.filter(register=register, owner=owner)
    if mine.filter(name=name).exclude(pk=opened.pk if opened else None).exists():
        text = _("You already have a view with this name. To change what it shows, open it and keep it from there.")
        raise ValidationError({"name": text})
    if mine.count() >= MAX_VIEWS and not mine.filter(name=name).exists():
        raise ValidationError(_("You have %(limit)s views: delete one you no longer use.") % {"limit": MAX_VIEWS})
    values = {"query": query, "columns": list(columns), "shared": shared}
    view: SavedView
    view, _made = SavedView.objects.update_or_create(register=register, owner=owner, name=name, defaults=values)
    return view


def change_view(*, view: SavedView, name: str, shared: bool) -> None:
    """Rename a view, share it or keep it to oneself. Raises ValidationError."""
    view.name, view.shared = clean_line(name)[:60], shared
    if not view.name:
        raise ValidationError({"name": _("Name the view.")})
    try:
        with transaction.atomic():
            view.save()
    except IntegrityError:
        raise ValidationError({"name": _("You already have a view with this name.")}) from None


def choose_columns(*, register: Register, user: Any, columns: Sequence[str]) -> None:
    ChosenColumns.objects.update_or_create(register=register, user=user, defaults={"columns": list(columns)})


def chosen_columns(register: Register, user: Any) -> Sequence[str]:
    """The keys of the columns a user looks at, in their order."""
    chosen = ChosenColumns.objects.filter(register=register, user=user).values_list("columns", flat=True).first()
    return SHOWN_AT_FIRST if chosen is None else chosen


def in_order(columns: Sequence[Column], keys: Sequence[str]) -> list[Column]:
    """Those of the columns that the keys name, in the order of the keys."""
    by_key = {column.key: column for column in columns}
    return [by_key[key] for key in dict.fromkeys(keys) if key in by_key][:MAX_SHOWN]
