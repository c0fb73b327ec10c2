"""What an editor may bind answers to: the registers' columns and purposes of the organisation in scope."""

from organisations import scope
from registers.columns import Column, columns_for
from registers.models import Purpose, Register

# The core questions fill these themselves; the rest are the register's own business.
NOT_BINDABLE = {"external_id", "email", "first_name", "last_name", "phone", "deceased", "source"}


def register_columns() -> list[tuple[str, str]]:
    """(key, label) of the columns of all registers in scope; a label names the register where several share a key."""
    if scope.current_or_none() is None:
        return []
    labels: dict[str, dict[str, list[str]]] = {}
    for register in Register.objects.order_by("name"):
        for column in bindable(register):
            labels.setdefault(column.key, {}).setdefault(str(column.label), []).append(register.name)
    return [(key, " / ".join(found)) for key, found in labels.items()]


def bindable(register: Register) -> list[Column]:
    """The columns of a register that answers may fill."""
    return [column for column in columns_for(register) if column.key not in NOT_BINDABLE]


def consent_purposes() -> list[tuple[str, str]]:
    """(id, name) of the purposes people can consent to."""
    if scope.current_or_none() is None:
        return []
    return [(str(pk), name) for pk, name in Purpose.objects.order_by("name").values_list("pk", "name")]
