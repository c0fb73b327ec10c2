"""The migrated database that every test database is copied from.

Migrating an empty database takes longer than most runs of a few tests, and gives the same each time: a dump of what
comes out is kept in .data, under a name that changes with any migration of ours or of a package.
"""

import fcntl
import hashlib
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg
from django.apps import apps
from django.conf import settings
from django.core.cache import cache
from django.db import connection, transaction
from psycopg import sql

from cms.processes.layout import ROOT
from cms.processes.postgres import Postgres, binaries
from cms.processes.sockets import socket_dir

NAME = "template_kokoon"


def make_template() -> str | None:
    """Make the template database on the run's own server, unless another worker already has; returns its name.

    None where the tests run on somebody else's server.
    """
    folder = Path(settings.DATA_DIR)
    server = Postgres(folder, socket_dir(folder))
    if not server.cluster.exists():
        return None
    with (folder / "template.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if server.make_database(NAME):
            url, dump = server.url(NAME), ROOT / ".data" / f"test-database-{_digest()}.dump"
            if dump.exists():
                _run([binaries() / "pg_restore", "--dbname", url, dump])
            else:
                _run([sys.executable, "manage.py", "migrate", "--verbosity", "0", "--skip-checks"], DATABASE_URL=url)
                _keep(url, dump)
    return NAME


def copy_template(name: str) -> str | None:
    """The address of a new database that is migrated already; None where the tests run on somebody else's server."""
    template = make_template()
    if template is None:
        return None
    folder = Path(settings.DATA_DIR)
    server = Postgres(folder, socket_dir(folder))
    with psycopg.connect(server.url("postgres"), autocommit=True) as connection:
        connection.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(template))
        )
    return server.url(name)


class Migrated:
    """The database as the migrations leave it, and how it becomes that again after a test that commits.

    Django's flush empties all tables, whether a test has written to them or not, and has every package make again what
    belongs there. This deletes from those that have rows, and puts back the few rows that were there at first.
    """

    def __init__(self) -> None:
        self._tables = connection.introspection.django_table_names(only_existing=True, include_views=False)
        with connection.cursor() as cursor:
            self._rows = self._all_rows(cursor)
        self._made: dict[Callable[[], Any], tuple[Any, dict[str, bytes]]] = {}

    def restore(self) -> None:
        self._fill(self._rows)

    def made(self, maker: Callable[[], Any]) -> Any:
        """What `maker` makes in a database that has nothing else: once, and then its rows are put back."""
        with connection.cursor() as cursor:
            if set(self._filled(cursor)) != set(self._rows):
                return maker()
        if maker in self._made:
            value, rows = self._made[maker]
            self._fill(rows)
            return value
        value = maker()
        with connection.cursor() as cursor:
            self._made[maker] = value, self._all_rows(cursor)
        return value

    def _fill(self, rows: dict[str, bytes]) -> None:
        """Have these rows and no others."""
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL session_replication_role = replica")  # no foreign key stands in the way
            for table in self._filled(cursor):
                cursor.execute(sql.SQL("DELETE FROM {}").format(sql.Identifier(table)))
            for table, text in rows.items():
                with cursor.copy(sql.SQL("COPY {} FROM STDIN").format(sql.Identifier(table))) as copy:
                    copy.write(text)
        cache.clear()  # the same ids, and what is remembered of them no longer holds

    def _all_rows(self, cursor: Any) -> dict[str, bytes]:
        return {table: self._copy_out(cursor, table) for table in self._filled(cursor)}

    def _filled(self, cursor: Any) -> list[str]:
        one = sql.SQL("SELECT {} WHERE EXISTS (SELECT FROM {})")
        cursor.execute(
            sql.SQL(" UNION ALL ").join(one.format(sql.Literal(table), sql.Identifier(table)) for table in self._tables)
        )
        return [table for (table,) in cursor.fetchall()]

    def _copy_out(self, cursor: Any, table: str) -> bytes:
        with cursor.copy(sql.SQL("COPY {} TO STDOUT").format(sql.Identifier(table))) as copy:
            return b"".join(bytes(part) for part in copy)


def _keep(url: str, dump: Path) -> None:
    dump.parent.mkdir(exist_ok=True)
    for outdated in dump.parent.glob("test-database-*"):
        outdated.unlink(missing_ok=True)
    half = dump.with_suffix(f".{os.getpid()}")
    _run([binaries() / "pg_dump", "--format=custom", "--file", half, url])
    half.rename(dump)


def _run(command: list[str | Path], **env: str) -> None:
    subprocess.run(command, cwd=ROOT, env={**os.environ, **env}, check=True, capture_output=True)


def _digest() -> str:
    digest = hashlib.sha256()
    for app in apps.get_app_configs():
        for path in sorted(Path(app.path, "migrations").glob("*.py")):
            digest.update(f"{app.label}/{path.name}".encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()[:16]
