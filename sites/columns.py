"""What an editor may bind answers to: the registers' columns and purposes of the organisation in scope."""

from collections.abc import Iterator, Mapping, Sequence

from django.utils.translation import gettext as _

from organisations import scope
from registers.columns import Column, columns_for
from registers.models import Purpose, Register

# The core questions fill these themselves; the rest are the register's own business.
NOT_BINDABLE = {"external_id", "email", "first_name", "last_name", "phone", "deceased", "source"}


def register_columns() -> list[tuple[str, str]]:
    """(key, label) of the columns of all registers in scope; a label names the registers where not all have it.

    The form is offered them before anybody has said whose people will reply.
    """
    if scope.current_or_none() is None:
        return []
    registers = list(Register.objects.order_by("name"))
    labels: dict[str, dict[str, list[str]]] = {}
    for register in registers:
        for column in bindable(register):
            labels.setdefault(column.key, {}).setdefault(str(column.label), []).append(register.name)
    return [(key, " / ".join(_named(found, everywhere=len(registers)))) for key, found in labels.items()]


def _named(found: Mapping[str, Sequence[str]], *, everywhere: int) -> Iterator[str]:
    """Each label of a column, with the registers that call it so."""
    for label, names in found.items():
        if len(names) == everywhere:
            yield label
        else:
            yield _("%(column)s (only in %(registers)s)") % {"column": label, "registers": ", ".join(names)}


def bindable(register: Register) -> list[Column]:
    """The columns of a register that answers may fill."""
    return [column for column in columns_for(register) if column.key not in NOT_BINDABLE]


def consent_purposes() -> list[tuple[str, str]]:
    """(id, name) of the purposes people can consent to."""
    if scope.current_or_none() is None:
        return []
    return [(str(pk), name) for pk, name in Purpose.objects.order_by("name").values_list("pk", "name")]
