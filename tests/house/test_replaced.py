"""Databases made by migrations that others have replaced since: they go on, or say which version to run first."""

import itertools

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, migrations, models
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.db.migrations.state import ProjectState

from guards.migrating import Together, unfinished

OWN = ("organisations", "registers", "mailer", "sites")


def new_migrations(app):
    loader = MigrationLoader(None)
    return [node for key, node in sorted(loader.disk_migrations.items()) if key[0] == app and node.replaces]


def replaced(app):
    """As they were done: one after another, by number."""
    return sorted(old for migration in new_migrations(app) for old in migration.replaces)


@pytest.mark.parametrize("app", OWN)
def test_each_place_where_an_older_version_stopped_is_found(app):
    old = replaced(app)
    for done in range(1, len(old)):
        assert unfinished(set(old[:done])) == (app, old[-1][1]), f"stood at {old[done - 1]}"


@pytest.mark.parametrize("app", OWN)
def test_a_database_that_has_all_old_ones_or_stopped_among_the_new_ones_goes_on(app):
    assert unfinished(set(replaced(app))) is None
    for done in range(len(new_migrations(app))):
        names = itertools.chain.from_iterable(migration.replaces for migration in new_migrations(app)[:done])
        assert unfinished(set(names)) is None


@pytest.mark.django_db
@pytest.mark.parametrize("command", ["migrate", "prepare"])
def test_a_database_between_versions_is_left_alone_and_told_which_to_run_first(command):
    recorder = MigrationRecorder(connection)
    recorder.migration_qs.filter(app="registers").delete()
    recorder.record_applied("registers", "0001_trigrams")
    recorder.record_applied("registers", "0002_registers")
    with pytest.raises(CommandError, match=r"stands at registers\.0002_registers.*last version that has registers/"):
        call_command(command)


@pytest.mark.django_db
def test_a_database_of_a_newer_version_is_left_alone(capsys):
    MigrationRecorder(connection).record_applied("registers", "9999_later")
    with pytest.raises(CommandError, match=r"newer version of Kokoon: it has registers\.9999_later"):
        call_command("prepare")
    assert capsys.readouterr().out == ""


@pytest.mark.django_db
def test_a_database_with_all_old_ones_has_nothing_to_do(capsys, monkeypatch):
    # Pages would name the collected files from then on, and the tests' own server has none of them.
    monkeypatch.setattr("cms.management.commands.prepare.Command._collect_static_files", lambda _command: None)
    recorder = MigrationRecorder(connection)
    new = {(app, migration.name) for app in OWN for migration in new_migrations(app)}
    for app, name in new:
        recorder.record_unapplied(app, name)
    call_command("prepare")
    assert "steps to take" not in capsys.readouterr().out
    assert new <= recorder.applied_migrations().keys()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("name", ["0009_covering_indexes", "0011_list_order"])
def test_a_migration_that_was_interrupted_is_done_again(name):
    """Outside of a transaction, as where indexes are made beside those who write: whatever it has made is there."""
    indexes = "SELECT indexname, indexdef FROM pg_indexes WHERE tablename = 'registers_contact' ORDER BY 1"
    with connection.cursor() as cursor:
        cursor.execute(indexes)
        before = cursor.fetchall()
        MigrationRecorder(connection).record_unapplied("registers", name)
        loader = MigrationLoader(connection)
        migration, state = (
            loader.get_migration("registers", name),
            loader.project_state(("registers", name), at_end=False),
        )
        MigrationExecutor(connection).apply_migration(state, migration)
        cursor.execute(indexes)
        assert cursor.fetchall() == before


def table(name, *keys):
    fields = [("id", models.BigAutoField(primary_key=True))]
    fields += [(key, models.ForeignKey(f"house.{key}", models.CASCADE, related_name=f"{name}s")) for key in keys]
    return migrations.CreateModel(name, fields)


def test_tables_made_together_are_built_without_those_that_are_there():
    state = ProjectState()
    Together([table("street")]).state_forwards("house", state)
    street = state.apps.get_model("house", "street")
    Together([table("house", "street", "owner"), table("owner", "house")]).state_forwards("house", state)
    assert state.apps.get_model("house", "street") is street
    assert state.apps.get_model("house", "owner")._meta.get_field("house").related_model._meta.label == "house.house"
    assert {field.name for field in street._meta.get_fields()} == {"id", "houses"}
