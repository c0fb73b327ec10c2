"""People for address books: vCards (RFC 2426, RFC 6350), in a file or as a QR code to take with a phone."""

from __future__ import annotations

import io
from collections.abc import Collection, Iterable, Iterator
from typing import Any

import segno
import vobject
from django.utils.translation import gettext_lazy as _
from vobject.vcard import Address, Name

from guards.chunks import in_chunks
from registers.companies import places_of
from registers.exports.rows import CHUNK
from registers.models import Contact, Employment
from registers.texts import clean_line

PARTS = {
    "email": _("E-mail"),
    "phone": _("Phone"),
    "address": _("Postal address"),
    "company": _("Company and role"),
    "birth_date": _("Date of birth"),
}
# What a phone asks for; a code with less in it is larger printed and sooner read.
QR_PARTS = ("phone", "email", "company", "address")
# The 69 by 69 squares of version 13 with correction M at most: what phones read from a screen without trouble.
QR_BYTES = 300


def cards(contacts: Any, *, parts: Collection[str], version: str = "3.0") -> Iterator[str]:
    """The vCard of each contact, one after the other, as they stand in one file."""
    for chunk in in_chunks(contacts.iterator(chunk_size=CHUNK), CHUNK):
        companies = places_of(chunk) if "company" in parts else {}
        for contact in chunk:
            yield card(contact, places=companies.get(contact.pk, ()), parts=parts, version=version)


def card(contact: Contact, *, places: Iterable[Employment], parts: Collection[str], version: str = "3.0") -> str:
    """A contact as a vCard with the chosen parts; the name is always there. Lines end as the standard says."""
    made = vobject.vCard()
    made.add("version").value = version
    made.add("n").value = Name(family=clean_line(contact.last_name), given=clean_line(contact.first_name))
    made.add("fn").value = clean_line(str(contact))
    if "email" in parts and contact.email:
        made.add("email").value = clean_line(contact.email)
    if "phone" in parts and contact.phone:
        phone = made.add("tel")
        phone.value, phone.type_param = contact.phone, "CELL"
    if "address" in parts and (contact.street or contact.city):
        home = made.add("adr")
        home.type_param = "HOME"
        home.value = Address(
            street=clean_line(contact.street),
            city=clean_line(contact.city),
            code=clean_line(contact.postcode),
            country=clean_line(contact.country),
        )
    if "company" in parts:
        for place in list(places)[:1]:
            made.add("org").value = [clean_line(place.company.name)]
            if place.role:
                made.add("title").value = clean_line(place.role)
    if "birth_date" in parts and contact.birth_date:
        made.add("bday").value = contact.birth_date.strftime("%Y%m%d" if version == "4.0" else "%Y-%m-%d")
    text: str = made.serialize()
    return text


def qr_code(contact: Contact) -> tuple[str, list[str]]:
    """An SVG of a contact's vCard, and which parts are in it: as many as a phone can read at a glance."""
    places = places_of([contact]).get(contact.pk, [])
    chosen: list[str] = []
    text = card(contact, places=places, parts=())
    for part in QR_PARTS:
        longer = card(contact, places=places, parts=[*chosen, part])
        if longer != text and len(longer.encode()) <= QR_BYTES:
            chosen, text = [*chosen, part], longer
    code = segno.make(text, error="m", encoding="utf-8", micro=False, boost_error=False)
    target = io.BytesIO()
    code.save(target, kind="svg", scale=4, border=4, dark="#000", light="#fff", svgclass=None, lineclass=None)
    return target.getvalue().decode(), chosen
