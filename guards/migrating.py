"""Operations for migrations that Django's own would make slow."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.migrations.operations.base import Operation


class Together(Operation):
    """Operations of one kind that need not see what each other has changed: tables are made, or something is added.

    Django builds the models around each change anew; here it builds them once for all, which makes the first start of
    an installation seconds shorter.
    """

    reduces_to_sql = True

    def __init__(self, operations: Sequence[Any]) -> None:
        self.operations = operations

    def deconstruct(self) -> Any:
        return type(self).__qualname__, [self.operations], {}

    def describe(self) -> str:
        return "; ".join(operation.describe() for operation in self.operations)

    def state_forwards(self, app_label: str, state: Any) -> None:
        state.__dict__.pop("apps", None)  # built again, once, by whoever asks next
        for operation in self.operations:
            operation.state_forwards(app_label, state)

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        for operation in self.operations:
            operation.database_forwards(app_label, schema_editor, from_state, to_state)

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        for operation in reversed(self.operations):
            operation.database_backwards(app_label, schema_editor, from_state, to_state)


class LightenKeys(Together):
    """Foreign keys lose their own index or their own constraint, as the `AlterField` of each says.

    PostgreSQL is not made to check every row again against the constraints that stay.
    """

    def describe(self) -> str:
        return f"Drop what {len(self.operations)} foreign keys have twice"

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        quote = schema_editor.quote_name
        for altered in self.operations:
            model = to_state.apps.get_model(app_label, altered.model_name)
            field, named = model._meta.get_field(altered.name), {index.name for index in model._meta.indexes}
            if not field.db_constraint:
                for name in schema_editor._constraint_names(model, [field.column], foreign_key=True):
                    schema_editor.execute(f"ALTER TABLE {quote(model._meta.db_table)} DROP CONSTRAINT {quote(name)}")
            if not field.db_index:
                for name in schema_editor._constraint_names(
                    model, [field.column], index=True, unique=False, exclude=named
                ):
                    schema_editor.execute(f"DROP INDEX {quote(name)}")
