import secrets
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import transaction

from cms.demo.organisations import make_choir, make_theatre
from organisations.models import Organisation

LOGIN = """Sign in as     editor@demo.example
Password       {password}
A neighbour    neighbour@demo.example, with the same password: another organisation, which sees nothing of the first
"""


class Command(BaseCommand):
    help = "Loads the demonstration organisations into an empty installation; does nothing where there is one already."

    def handle(self, *args: Any, **options: Any) -> None:
        if Organisation.objects.exists():
            return
        self.stdout.write("Demonstration: inviting 300 invented people …")
        password = "-".join(secrets.token_hex(2) for _ in range(3))
        with transaction.atomic():
            make_choir(password=password)
            make_theatre(password=password)
            # Before the commit: were there no space for it, nobody could ever sign in.
            path = Path(settings.DATA_DIR) / "login.txt"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.touch(mode=0o600)
            path.write_text(LOGIN.format(password=password), encoding="utf-8")
        self.stdout.write("Demonstration: ready.")
