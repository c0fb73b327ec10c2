"""A list of e-mail addresses: each once, and without those that must not be written to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _

from guards.chunks import in_chunks
from organisations import scope
from registers.exports.people import living
from registers.exports.rows import CHUNK
from registers.models import Channel
from registers.suppression import suppressed
from registers.texts import clean_line

_NEEDS_QUOTES = frozenset('()<>[]:;@\\,."')


def addresses(contacts: Any, *, named: bool, everybody: bool, left_out: Counter[str]) -> Iterator[str]:
    """A line for each address, by address; `named` writes “Name <address>”.

    Without `everybody` those are left out who have died, are on leave, or whose address is suppressed. Why people are
    not on the list is counted into `left_out`.
    """
    left_out[_("without an e-mail address")] += contacts.filter(email_key="").count()
    contacts = contacts.exclude(email_key="")
    if not everybody:
        contacts, gone = living(contacts)
        left_out.update(gone)
    rows = contacts.order_by("email_key", "pk").values_list("email_key", "email", "first_name", "last_name")
    last = ""
    for chunk in in_chunks(rows.iterator(chunk_size=CHUNK), CHUNK):
        stopped = {}
        if not everybody:
            keys = [row[0] for row in chunk]
            stopped = suppressed(organisation_id=scope.current(), channel=Channel.EMAIL, addresses=keys)
        for key, email, first_name, last_name in chunk:
            if key in stopped:
                left_out[_("asked not to be written to, or the address does not work")] += 1
            elif key == last:
                left_out[_("the same address once more")] += 1
            else:
                last = key
                yield named_address(f"{first_name} {last_name}", email) if named else clean_line(email)


def named_address(name: str, address: str) -> str:
    """“Name <address>” as mail programs take it from the clipboard: RFC 5322, with letters of any script."""
    name, address = clean_line(name), clean_line(address)
    if not name:
        return address
    if not _NEEDS_QUOTES.isdisjoint(name) or name[:1] in "=+-@":
        escaped = name.replace("\\", "\\\\").replace('"', '\\"')
        name = f'"{escaped}"'
    return f"{name} <{address}>"
