"""Operations for migrations that Django's own would make slow, and a guard where migrations have been replaced."""

from __future__ import annotations

from collections.abc import Sequence, Set
from operator import itemgetter
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.contrib.postgres.operations import AddIndexConcurrently
from django.core.management.base import CommandError
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations import CreateModel
from django.db.migrations.operations.base import Operation
from django.db.migrations.recorder import MigrationRecorder


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
        built = state.__dict__.pop("apps", None)
        for operation in self.operations:
            operation.state_forwards(app_label, state)
        if built and all(isinstance(operation, CreateModel) for operation in self.operations):
            # What is new points to what is there, never the other way: the models of other tables stay as they are.
            built.render_multiple([state.models[app_label, made.name_lower] for made in self.operations])
            state.apps = built
        # Otherwise all are built again, once, by whoever asks next.

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


class AddIndexAgain(AddIndexConcurrently):
    """As AddIndexConcurrently, where the migration may have been interrupted: what it has left is made anew."""

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        schema_editor.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {schema_editor.quote_name(self.index.name)}")
        super().database_forwards(app_label, schema_editor, from_state, to_state)


class BetweenVersions(CommandError):
    """The database is older than the migrations that are left."""


class NewerDatabase(CommandError):
    """The database has been through migrations that this version has never heard of."""


def unfinished(done: Set[tuple[str, str]]) -> tuple[str, str] | None:
    """(app, the last of its migrations that are gone) where a database has only some of those; else None.

    docs/decisions/0008-replaced-migrations.md says why a new migration is then found done in part.
    """
    loader = MigrationLoader(None, load=False)
    loader.load_disk()
    for (app, _name), migration in loader.disk_migrations.items():
        gone = set(migration.replaces) - loader.disk_migrations.keys()
        if gone & done and gone - done:
            return app, max(gone)[1]
    return None


def unheard_of(done: Set[tuple[str, str]]) -> tuple[str, str] | None:
    """The (app, name) of the last migration in `done` that a later version of ours has made; else None."""
    loader = MigrationLoader(None, load=False)
    loader.load_disk()
    known = set(loader.disk_migrations).union(*(migration.replaces for migration in loader.disk_migrations.values()))
    own = {config.label for config in apps.get_app_configs() if Path(config.path).parent == settings.BASE_DIR}
    return max(((app, name) for app, name in done - known if app in own), key=itemgetter(1), default=None)


def stop_before_newer(*, using: str = DEFAULT_DB_ALIAS) -> None:
    """Raise NewerDatabase where a later version has changed the tables: this one would write to them as they were."""
    if found := unheard_of(MigrationRecorder(connections[using]).applied_migrations().keys()):
        raise NewerDatabase(
            f"This database is of a newer version of Kokoon: it has {'.'.join(found)}, which this one does not know. "
            f"Run that version again, or restore the backup that was made before it."
        )


def stop_between_versions(*, using: str = DEFAULT_DB_ALIAS) -> None:
    """Raise BetweenVersions, saying what to run first, where Django would see nothing to do or stumble."""
    done = MigrationRecorder(connections[using]).applied_migrations().keys()
    if found := unfinished(done):
        app, last = found
        here = max(name for label, name in done if label == app)
        file = f"{app}/migrations/{last}.py"
        raise BetweenVersions(
            f"This database stands at {app}.{here}, and this version knows no way on from there: it starts from "
            f"{last}. First run `manage.py prepare` of the last version that has {file}, then this one's. In a clone "
            f"of the repository `git log -1 --diff-filter=D --format=%H^ -- {file}` names that version."
        )
