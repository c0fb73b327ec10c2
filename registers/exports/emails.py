"""A list of e-mail addresses: each once, and without those that must not be written to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _

from guards.chunks import in_chunks
from organisations import reach, scope
from registers.consents import newest_by_address
from registers.exports.people import living
from registers.exports.rows import CHUNK
from registers.models import Channel, LegalBasis, Purpose, RegisterPurpose
from registers.suppression import suppressed
from registers.texts import clean_line

_NEEDS_QUOTES = frozenset('()<>[]:;@\\,."')


def addresses(
    contacts: Any, *, named: bool, everybody: bool, left_out: Counter[str], purpose: Purpose | None = None
) -> Iterator[str]:
    """A line for each address, by address; `named` writes “Name <address>”.

    Without `everybody` those are left out who have died, are on leave, or whose address is suppressed, and those whom a
    campaign for `purpose` would not reach. Why people are not on the list is counted into `left_out`.
    """
    by_consent = RegisterPurpose.objects.filter(purpose=purpose, legal_basis=LegalBasis.CONSENT)
    asking = set(by_consent.values_list("register", flat=True)) if purpose else set()
    left_out[_("without an e-mail address")] += contacts.filter(email_key="").count()
    contacts = contacts.exclude(email_key="")
    if not everybody:
        contacts, gone = living(contacts)
        left_out.update(gone)
    rows = contacts.order_by("email_key", "pk")
    rows = rows.values_list("email_key", "email", "first_name", "last_name", "register")
    last = ""
    for chunk in in_chunks(rows.iterator(chunk_size=CHUNK), CHUNK):
        stopped, said = {}, {}
        if not everybody:
            keys = [row[0] for row in chunk]
            stopped = suppressed(organisation_id=scope.current(), channel=Channel.EMAIL, addresses=keys)
            if purpose:
                with reach.lifted():  # a no counts though it was said by somebody beyond
                    said = newest_by_address(keys, purpose_id=purpose.pk, channel=Channel.EMAIL)
        for key, email, first_name, last_name, register in chunk:
            if key in stopped:
                left_out[_("asked not to be written to, or the address does not work")] += 1
            elif purpose and not everybody and not said.get(key, register not in asking):
                left_out[_("without consent to “%(purpose)s”") % {"purpose": purpose}] += 1
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
