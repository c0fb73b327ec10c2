"""Making registers and changing their columns."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from registers.columns import CORE_COLUMNS, column_of
from registers.company_columns import spell_values
from registers.models.contact import Contact
from registers.models.legal_basis import LegalBasis
from registers.models.register import Field, Register
from registers.purposes import purpose_named, set_purposes
from registers.segments import GROUP
from registers.texts import clean_line
from registers.unique import drop_unique, make_unique
from registers.values import MAX_CODE, UNIQUE_TYPES, ColumnType, Option, Reading, ValueMistake, option_code

_CORE_NAMES = frozenset(column.key for column in CORE_COLUMNS) | {"id", "register", "organisation", "name", GROUP}
MAX_OPTIONS = 300


@transaction.atomic
def create_register(
    *,
    name: str,
    description: str = "",
    privacy_notice: str = "",
    fields: Iterable[Mapping[str, Any]] = (),
    purposes: Iterable[str] = (),
) -> Register:
    """Make a register in the organisation in scope; `fields` as for add_field.

    `purposes` are names of what its people can agree to; the organisation gets those that it does not have yet, and the
    register has them by consent.
    """
    register: Register = Register.objects.create(
        name=clean_line(name), description=description, privacy_notice=privacy_notice
    )
    for field in fields:
        add_field(register=register, **field)
    agreed_to = {row.pk: row for row in map(purpose_named, filter(None, map(clean_line, purposes)))}
    set_purposes(
        register=register, rows=[{"purpose": row, "legal_basis": LegalBasis.CONSENT} for row in agreed_to.values()]
    )
    return register


@transaction.atomic
def add_field(
    *,
    register: Register,
    label: str,
    type: str = ColumnType.TEXT,  # noqa: A002  the word of the model
    options: Iterable[str] = (),
    required: bool = False,
    help_text: str = "",
    key: str = "",
    unique: bool = False,
    default: str = "",
    section: str = "",
) -> Field:
    """Add a column to `register`; `options` are the labels of a choice column. Raises ValidationError.

    `default` is text, read as a cell of the column would be.
    """
    label = clean_line(label)
    if not label:
        raise ValidationError(_("Name the column."))
    if type not in ColumnType.values:
        raise ValidationError(_("There is no such type of column."))
    rows = option_rows(options) if type in Field.CHOICE_TYPES else []
    last = register.fields.aggregate(last=Max("sort_order"))["last"]
    field: Field = Field.objects.create(
        register=register,
        key=field_key(key or label, taken=register.fields.values_list("key", flat=True)),
        label=label[:100],
        type=type,
        options=rows,
        required=required,
        unique=unique and type in UNIQUE_TYPES,
        section=clean_line(section)[:100],
        help_text=help_text[:200],
        sort_order=0 if last is None else last + 1,
    )
    if default:
        field.default = read_default(default, field)
        field.save(update_fields=["default"])
    return field


def read_default(text: str, field: Field) -> Any:
    """What a column holds at first, as it is stored; None for nothing. Raises ValidationError."""
    column = column_of(field)
    values: dict[str, Any] = {}
    try:
        values[column.key] = column.parse(text, Reading(region=field.register.organisation.region, as_shown=True))
    except ValueMistake as mistake:
        raise ValidationError({"default": f"{mistake}."}) from mistake
    spell_values([column], values)
    return values[column.key]


@transaction.atomic
def change_field(
    *,
    field: Field,
    label: str,
    options: Sequence[str] | None = None,
    required: bool = False,
    help_text: str = "",
    retired: bool = False,
    sort_order: int | None = None,
    unique: bool | None = None,
    default: str | None = None,
    section: str | None = None,
    renamed: Mapping[str, str] = MappingProxyType({}),
) -> Field:
    """Rename, reorder or retire a column, or change its choices. Its key and type stay: values hang on them.

    Raises ValidationError by name of argument where it cannot be unique, or `default` does not fit. A choice that
    contacts have is kept even if it is left out of `options`. One that is `renamed`, from its former label to one of
    `options`, keeps its code, and whoever has it keeps it.
    """
    field.label = clean_line(label)[:100] or field.label
    field.required, field.help_text, field.retired = required, help_text[:200], retired
    if sort_order is not None:
        field.sort_order = sort_order
    if options is not None and field.has_options:
        known = [option._replace(label=renamed.get(option.label, option.label)) for option in field.option_list]
        wanted = option_rows(options, known=known)
        codes = {row["code"] for row in wanted}
        left_out = [option for option in field.option_list if option.code not in codes]
        field.options = wanted + [option._asdict() for option in left_out if is_in_use(field, option)]
    if section is not None:
        field.section = clean_line(section)[:100]
    if default is not None:
        field.default = read_default(default, field)
    if unique is not None and unique != field.unique and field.type in UNIQUE_TYPES:
        if unique:
            make_unique(field)
        else:
            drop_unique(field)
        field.unique = unique
    field.save()
    return field


@transaction.atomic
def add_options(*, field: Field, labels: Iterable[str]) -> Field:
    """Add choices that a column does not have yet. Raises ValidationError if they are too many.

    The row is locked, so that of two people who add the same choice one adds it and nobody's choices are lost.
    """
    field = Field.objects.select_for_update(no_key=True).get(pk=field.pk)
    known = {option.code for option in field.option_list}
    field.options = field.options + [
        row for row in option_rows(labels, known=field.option_list) if row["code"] not in known
    ]
    if len(field.options) > MAX_OPTIONS:
        raise ValidationError(
            _("The column “%(label)s” can have at most %(limit)s choices.")
            % {"label": field.label, "limit": MAX_OPTIONS}
        )
    field.save(update_fields=["options"])
    return field


def is_in_use(field: Field, option: Option) -> bool:
    """Whether any contact has the choice."""
    value = [option.code] if field.type == ColumnType.MULTIPLE_CHOICE else option.code
    return bool(Contact.objects.filter(register=field.register_id, attributes__contains={field.key: value}).exists())


def option_rows(labels: Iterable[str], *, known: Iterable[Option] = ()) -> list[dict[str, str]]:
    """Choices as they are stored: one for each different label, in the given order. Those `known` keep their codes."""
    codes = {option_code(option.label): option.code for option in known}
    taken = set(codes.values())
    rows: dict[str, dict[str, str]] = {}
    for label in labels:
        label = clean_line(label)
        if label:
            own = option_code(label)
            code = codes.get(own) or _free_code(own, taken)
            codes[own] = code
            taken.add(code)
            rows.setdefault(code, Option(code, label)._asdict())
    if len(rows) > MAX_OPTIONS:
        raise ValidationError(_("A column can have at most %(limit)s choices.") % {"limit": MAX_OPTIONS})
    return list(rows.values())


def _free_code(own: str, taken: Collection[str]) -> str:
    """The code of a new choice: its own, or with a number behind it where another choice has that."""
    code, count = own, 2
    while code in taken:
        ending = f"-{count}"
        code, count = own[: MAX_CODE - len(ending)] + ending, count + 1
    return code


def field_key(label: str, *, taken: Iterable[str] = ()) -> str:
    """Return a plain key for a column: ASCII letters, digits and underscores, unlike any that is taken."""
    plain = unicodedata.normalize("NFKD", label.casefold()).encode("ascii", "ignore").decode()
    stem = re.sub(r"[^a-z0-9]+", "_", plain).strip("_")[:50].strip("_")
    if not stem or not stem[0].isalpha():
        stem = f"column_{stem}".strip("_")
    reserved = _CORE_NAMES | set(taken)
    key, count = stem, 2
    while key in reserved:
        key, count = f"{stem}_{count}", count + 1
    return key
