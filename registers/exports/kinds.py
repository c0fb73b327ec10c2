"""What a list can be taken out as. Each kind knows its form and writes its file."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import IO, Any

from django.http import HttpResponseBase
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guards.chunks import in_chunks
from guards.tables import csv_response, file_response, table_response
from registers.companies import places_of
from registers.exports.cards import cards
from registers.exports.emails import addresses
from registers.exports.merging import merge_headers, merge_rows
from registers.exports.people import Post, envelopes, living
from registers.exports.rows import CHUNK, chosen_pieces, rows_of
from registers.models import Purpose, Register
from registers.printing.cards import Badge, write_badges, write_labels
from registers.printing.fonts import Missing
from registers.printing.lists import write_list
from registers.printing.sheets import BADGES, LABELS, sheet_of


@dataclass(frozen=True, slots=True)
class Selection:
    """The contacts (a QuerySet) that are taken out, of which register, and what they are called for people."""

    register: Register
    contacts: Any
    subject: str

    @property
    def post(self) -> Post:
        organisation = self.register.organisation
        return Post(region=organisation.region, language=organisation.language)


@dataclass
class Made:
    """A file to download: in how many people's data leave, which pieces of them, and who is not in it and why."""

    response: HttpResponseBase
    count: int
    fields: list[str]
    format: str
    left_out: Counter[str] = field(default_factory=Counter)
    remarks: list[str] = field(default_factory=list)


Write = Callable[[Selection, Mapping[str, Any]], Made]


@dataclass(frozen=True, slots=True)
class Kind:
    """`formats` are how its exports are written down; `most` is how many people one file takes, None for any number.

    `remembered` names the fields of its form that are offered again as they were chosen last.
    """

    key: str
    label: str | Promise
    help_text: str | Promise
    icon: str
    formats: tuple[str, ...]
    write: Write
    remembered: tuple[str, ...] = ()
    most: int | None = None


def _lines(selection: Selection, extension: str, content_type: str, lines: Iterable[str], end: str) -> tuple[Any, int]:
    count = 0

    def write(target: IO[bytes]) -> None:
        nonlocal count
        for line in lines:
            target.write(f"{line}{end}".encode())
            count += 1

    return file_response(selection.subject, extension, content_type, write), count


def write_table(selection: Selection, chosen: Mapping[str, Any]) -> Made:
    pieces = chosen_pieces(selection.register, chosen["columns"])
    rows = rows_of(selection.contacts, pieces)
    response = table_response(chosen["format"], selection.subject, [piece.label for piece in pieces], rows)
    return Made(response, selection.contacts.count(), [piece.key for piece in pieces], chosen["format"])


def write_pdf(selection: Selection, chosen: Mapping[str, Any]) -> Made:
    pieces = chosen_pieces(selection.register, chosen["columns"])
    rows = (tuple(map(_text, row)) for row in rows_of(selection.contacts, pieces, read="format"))
    missing = Missing()

    def write(target: IO[bytes]) -> None:
        nonlocal missing
        missing = write_list(
            target,
            title=selection.subject,
            foot=chosen["purpose"],
            headers=[piece.label for piece in pieces],
            rows=rows,
            sideways={"upright": False, "sideways": True}.get(chosen["page"]),
        )

    response = file_response(selection.subject, "pdf", "application/pdf", write)
    made = Made(response, selection.contacts.count(), [piece.key for piece in pieces], "pdf")
    made.remarks = missing.remarks()
    return made


def _text(value: Any) -> str:
    return "" if value is None else str(value)


def write_emails(selection: Selection, chosen: Mapping[str, Any]) -> Made:
    left_out: Counter[str] = Counter()
    named = chosen["shape"] == "named"
    # Who takes it out for what people agree to, or not, takes those who do.
    purpose = Purpose.objects.filter(name__iexact=chosen["purpose"]).first()
    lines = addresses(
        selection.contacts, named=named, everybody=chosen["everybody"], left_out=left_out, purpose=purpose
    )
    response, count = _lines(selection, "txt", "text/plain; charset=utf-8", lines, "\r\n")
    fields = ["first_name", "last_name", "email"] if named else ["email"]
    return Made(response, count, fields, "emails", left_out=+left_out)


def write_merge(selection: Selection, chosen: Mapping[str, Any]) -> Made:
    pieces = chosen_pieces(selection.register, chosen["columns"])
    contacts, left_out = living(selection.contacts)
    rows = merge_rows(contacts, pieces, post=selection.post, together=chosen["together"])
    response = csv_response(selection.subject, merge_headers(pieces), rows, delimiter=chosen["delimiter"])
    address = ["first_name", "last_name", "street", "postcode", "city", "country"]
    fields = list(dict.fromkeys([*address, *(piece.key for piece in pieces)]))
    return Made(response, contacts.count(), fields, "merge", left_out=left_out)


def write_address_labels(selection: Selection, chosen: Mapping[str, Any]) -> Made:
    contacts, left_out = living(selection.contacts)
    post = selection.post
    people, missing = 0, Missing()

    def lines() -> Iterable[list[str]]:
        nonlocal people
        for label in envelopes(contacts):
            if found := post.lines(label):
                people += len(label.contacts)
                missing.look(found)
                yield found
            else:
                left_out[_("without a postal address")] += len(label.contacts)

    stuck = 0

    def write(target: IO[bytes]) -> None:
        nonlocal stuck
        sheet = sheet_of(LABELS, chosen["sheet"])
        stuck = write_labels(target, sheet=sheet, addresses=lines(), start=chosen["start"])

    response = file_response(selection.subject, "pdf", "application/pdf", write)
    made = Made(response, people, ["first_name", "last_name", "street", "postcode", "city", "country"], "labels")
    made.left_out = left_out
    if stuck != people:
        made.remarks.append(_("%(labels)s labels, couples together.") % {"labels": stuck})
    made.remarks += missing.remarks()
    return made


def write_name_badges(selection: Selection, chosen: Mapping[str, Any]) -> Made:
    contacts = selection.contacts.filter(deceased=False)
    left_out = Counter({_("deceased"): selection.contacts.filter(deceased=True).count()})
    under, missing = chosen["under"], Missing()

    def badges() -> Iterable[Badge]:
        for chunk in in_chunks(contacts.iterator(chunk_size=CHUNK), CHUNK):
            places = places_of(chunk) if under else {}
            for contact in chunk:
                place = next(iter(places.get(contact.pk, ())), None)
                said = {"company": [place.company.name], "role": [place.role]} if place else {}
                if place and under == "both":
                    said = {"both": [place.role, place.company.name]}
                texts = [text for text in said.get(under, []) if text]
                missing.look([str(contact), *texts])
                yield Badge(str(contact), "\n".join(texts), chosen["above"])

    count = 0

    def write(target: IO[bytes]) -> None:
        nonlocal count
        count = write_badges(target, sheet=sheet_of(BADGES, chosen["size"]), badges=badges())

    response = file_response(selection.subject, "pdf", "application/pdf", write)
    fields = ["first_name", "last_name", *{"company": ["company"], "role": ["company.role"]}.get(under, [])]
    if under == "both":
        fields += ["company", "company.role"]
    return Made(response, count, fields, "badges", left_out=+left_out, remarks=missing.remarks())


def write_cards(selection: Selection, chosen: Mapping[str, Any]) -> Made:
    parts = chosen["parts"]
    lines = cards(selection.contacts, parts=parts, version=chosen["version"])
    response, count = _lines(selection, "vcf", "text/vcard; charset=utf-8", lines, "")
    return Made(response, count, ["first_name", "last_name", *parts], "vcard")


KINDS: tuple[Kind, ...] = (
    Kind(
        "table", gettext_lazy("Table"), gettext_lazy("Excel or CSV, with the columns you choose."),
        "table", ("xlsx", "csv"), write_table,
    ),
    Kind(
        "pdf", gettext_lazy("PDF list"), gettext_lazy("To print: a table over as many pages as it needs."),
        "doc-full", ("pdf",), write_pdf, ("page",), 20_000,
    ),
    Kind(
        "labels", gettext_lazy("Address labels"),
        gettext_lazy("A PDF for sheets of stickers. Couples get one label; who has died or is on leave gets none."),
        "mail", ("labels",), write_address_labels, ("sheet",), 20_000,
    ),
    Kind(
        "badges", gettext_lazy("Name badges"), gettext_lazy("A PDF to cut along its lines."),
        "user", ("badges",), write_name_badges, ("size", "under", "above"), 10_000,
    ),
    Kind(
        "emails", gettext_lazy("E-mail list"),
        gettext_lazy("A text with one address on a line. Each address stands there once."),
        "list-ul", ("emails",), write_emails, ("shape",),
    ),
    Kind(
        "merge", gettext_lazy("Serial letters"),
        gettext_lazy("A table for the mail merge of Word or LibreOffice, with greetings, envelopes and addresses."),
        "doc-empty", ("merge",), write_merge, ("delimiter", "together"),
    ),
    Kind(
        "vcard", gettext_lazy("Address book"), gettext_lazy("One vCard file for phones, Outlook and other programs."),
        "mobile-alt", ("vcard",), write_cards, ("parts", "version"), 20_000,
    ),
)  # fmt: skip


def kind_of(key: str) -> Kind:
    """The kind of this key, the first where there is none."""
    return next((kind for kind in KINDS if kind.key == key), KINDS[0])
