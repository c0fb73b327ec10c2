import asyncio
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from mailer.mailbox.server import serve


class Command(BaseCommand):
    requires_system_checks = ()
    help = "The practice mailbox: an SMTP server that keeps every mail in the database and sends none on."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", type=int, default=2525)

    def handle(self, *args: Any, host: str, port: int, **options: Any) -> None:
        self.stdout.write(f"Practice mailbox on {host}:{port}")
        try:
            asyncio.run(serve(host, port))
        except OSError as error:
            raise CommandError(f"The mailbox cannot listen on {host}:{port}: {error.strerror or error}") from error
