from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.core.validators import validate_email, validate_slug
from django.db import transaction
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
        try:
            validate_slug(slug)
            validate_email(options["owner"])
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        if Organisation.objects.filter(slug=slug).exists():
            raise CommandError(f"There is already an organisation at /{slug}/. Choose another --slug.")
        fields = {"time_zone": options["time_zone"]} if options["time_zone"] else {}
        organisation = create_organisation(name=options["name"], slug=slug, contact_email=options["owner"], **fields)
        owner = get_or_create_user(email=options["owner"])
        set_member(organisation=organisation, user=owner, role=Role.OWNER)
        self.stdout.write(f"{organisation.name} is at /{organisation.slug}/ and {owner.email} owns it.")
