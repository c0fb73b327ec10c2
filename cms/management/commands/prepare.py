import fcntl
import hashlib
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import OperationalError, connection
from django.db.migrations.executor import MigrationExecutor

from cms.keys import keep_keys
from guards.migrating import stop_before_newer, stop_between_versions
from guards.servers import in_a_line
from organisations.access import sync_groups
from organisations.models import Organisation


class Command(BaseCommand):
    requires_system_checks = ()
    help = "Bring the database and the static files up to date; does nothing where they are. For each new version."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--demo", action="store_true", help="also load the demonstration into an empty database")
        parser.add_argument(
            "--forget-lost-keys",
            action="store_true",
            help="go on with another SECRET_KEY though an old one is lost: who unsubscribed will be written to again",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        self._need_all_letters()
        self._migrate()
        if not keep_keys(forget_lost=options["forget_lost_keys"]):
            self.stdout.write("SECRET_KEY is not set here, so a wrong one would not be noticed later.")
        self._collect_static_files()
        if options["demo"]:
            call_command("load_demo", stdout=self.stdout)

    def _need_all_letters(self) -> None:
        try:
            with connection.cursor() as cursor:
                cursor.execute("SHOW server_encoding")
                (encoding,) = cursor.fetchone()
        except OperationalError as error:
            raise CommandError(f"DATABASE_URL: {in_a_line(error)}") from error
        if encoding != "UTF8":
            raise CommandError(f"This database keeps its texts in {encoding}. Make one with ENCODING 'UTF8' instead.")

    def _migrate(self) -> None:
        stop_before_newer()
        stop_between_versions()
        executor = MigrationExecutor(connection)
        steps = len(executor.migration_plan(executor.loader.graph.leaf_nodes()))
        if steps:
            self.stdout.write(f"Database: {steps} steps to take …")
            call_command("migrate", verbosity=1, stdout=_Countdown(self.stdout, steps))
            for organisation in Organisation.objects.all():
                sync_groups(organisation=organisation)  # this version may let a role do more, or less
        else:
            executor.check_replacements()  # where all that is new stands in for what has been done
        self.stdout.write("Database: up to date.")

    def _collect_static_files(self) -> None:
        root = Path(settings.STATIC_ROOT)
        stamp = root / ".stamp"
        digest = _static_digest()
        root.parent.mkdir(parents=True, exist_ok=True)
        with (root.parent / f"{root.name}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)  # two installations may share one directory
            if not stamp.exists() or stamp.read_text() != digest:
                self.stdout.write("Files for browsers: collecting …")
                call_command("collectstatic", interactive=False, clear=root.exists(), verbosity=0)
                stamp.write_text(digest)
        self.stdout.write("Files for browsers: up to date.")


class _Countdown:
    """Stands in for migrate's output: says now and then how far it is."""

    def __init__(self, out: Any, steps: int) -> None:
        self._out, self._steps, self._done = out, steps, 0

    def write(self, text: str, *_: Any, **__: Any) -> None:
        self._done += text.count("OK")
        if "OK" in text and self._done % 50 == 0:
            self._out.write(f"Database: {self._done} of {self._steps} …")

    def flush(self) -> None:
        self._out.flush()


def _static_digest() -> str:
    """Changes when any static file of ours or of a package does, or how they are stored."""
    lines = [str(settings.STORAGES["staticfiles"])]
    for finder in get_finders():
        for path, storage in finder.list([]):
            found = Path(storage.path(path)).stat()
            lines.append(f"{path} {found.st_size} {found.st_mtime_ns}")
    return hashlib.sha256("\n".join(sorted(lines)).encode()).hexdigest()
