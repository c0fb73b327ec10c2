from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.core.validators import validate_email
from django.db import transaction
from django.urls import get_resolver, reverse
from django.utils.text import slugify

from organisations.access import create_organisation, set_member
from organisations.accounts import get_or_create_user
from organisations.models import Organisation, Role


class Command(BaseCommand):
    help = "Creates an organisation with its owner. The owner sets a password by “Forgotten it?” on the login page."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name", help="for example “The Choir of Kemi”")
        parser.add_argument("--slug", help="the first part of its web addresses; made from the name by default")
        parser.add_argument("--owner", required=True, help="the owner's e-mail address")
        parser.add_argument("--time-zone", default=None)

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        slug = options["slug"] or slugify(options["name"])
        fields = {"time_zone": options["time_zone"]} if options["time_zone"] else {}
        if not slug:
            raise CommandError("No web address can be made from that name. Choose a --slug.")
        if slug in _own_addresses():
            raise CommandError(f"/{slug}/ is an address of Kokoon's own. Choose another --slug.")
        if Organisation.objects.filter(slug=slug).exists():
            raise CommandError(f"There is already an organisation at /{slug}/. Choose another --slug.")
        try:
            validate_email(options["owner"])
            Organisation(name=options["name"], slug=slug, contact_email=options["owner"], **fields).full_clean()
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        organisation = create_organisation(name=options["name"], slug=slug, contact_email=options["owner"], **fields)
        owner = get_or_create_user(email=options["owner"])
        set_member(organisation=organisation, user=owner, role=Role.OWNER)
        self.stdout.write(f"{organisation.name} is at /{organisation.slug}/ and {owner.email} owns it.")
        if not owner.last_login:
            where = settings.BASE_URL + reverse("wagtailadmin_password_reset")
            self.stdout.write(f"They choose their password at {where}; the link comes by e-mail.")


def _own_addresses() -> set[str]:
    """First parts of addresses that no page is found at."""
    own = {str(route.pattern).lstrip("^").split("/")[0] for route in get_resolver().url_patterns}
    return own | {settings.STATIC_URL.strip("/")}
