"""A foreign key that also compares the organisation, so that no row can point across the wall."""

from __future__ import annotations

from typing import Any

from django.db import DEFAULT_DB_ALIAS, models
from django.db.backends.ddl_references import Statement, Table
from django.db.models.constraints import BaseConstraint


class SameOrganisation(BaseConstraint):
    """FOREIGN KEY (`field`, organisation) REFERENCES target (id, organisation).

    The target needs a UNIQUE (id, organisation). Checked at commit, as Django's own foreign keys are, and in place of
    the field's own, which says less: that has `db_constraint=False`. The model named by `to` ("app.Model") is looked
    up through the migration's own state.
    """

    def __init__(self, *, field: str, to: str, name: str) -> None:
        super().__init__(name=name)
        self.field = field
        self.to = to

    def deconstruct(self) -> Any:
        path, args, kwargs = super().deconstruct()
        return path, args, {**kwargs, "field": self.field, "to": self.to}

    def __eq__(self, other: object) -> bool:
        if isinstance(other, SameOrganisation):
            return (self.field, self.to, self.name) == (other.field, other.to, other.name)
        return NotImplemented

    def __hash__(self) -> int:
        return hash((self.field, self.to, self.name))

    def constraint_sql(self, model: Any, schema_editor: Any) -> str:
        return self.create_sql(model, schema_editor)

    def create_sql(self, model: Any, schema_editor: Any) -> str:
        """Nothing now, all at the end of the migration: by then the target and its unique key stand."""
        quote = schema_editor.quote_name
        column = quote(model._meta.get_field(self.field).column)
        target = quote(model._meta.apps.get_model(self.to)._meta.db_table)
        schema_editor.deferred_sql.append(
            Statement(
                "ALTER TABLE %(table)s ADD CONSTRAINT %(name)s FOREIGN KEY (%(column)s, organisation_id) "
                "REFERENCES %(target)s (id, organisation_id) DEFERRABLE INITIALLY DEFERRED",
                table=Table(model._meta.db_table, quote),
                name=quote(self.name),
                column=column,
                target=target,
            )
        )
        return ""

    def remove_sql(self, model: Any, schema_editor: Any) -> str:
        quote = schema_editor.quote_name
        return f"ALTER TABLE {quote(model._meta.db_table)} DROP CONSTRAINT {quote(self.name)}"

    def validate(
        self,
        model: type[models.Model],
        instance: models.Model,
        exclude: Any = None,
        using: str = DEFAULT_DB_ALIAS,
    ) -> None:
        """Left to the database: forms offer only rows of the organisation in scope."""
