"""The choir, and a theatre of which nobody in the choir may learn anything.

The theatre's rows all have ids above 90,000, so that a foreign id never means a row of one's own. Every text of the
theatre carries SECRET.
"""

import re
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db import connection
from wagtail.models import Page, UploadedFile

from organisations.models import Document, Image, Membership, Organisation, OrganisationModel, Role
from tests.cast import Cast, Person, make_cast, person
from tests.organisations.treasure import SECRET, fill_choir, fill_theatre, uploads_of

FIRST = 90_001


@dataclass
class Houses:
    choir: Cast
    theatre: Organisation
    impresario: Person  # the owner of what is not the choir's
    shown: Any = None  # what she sees of her own, once somebody has looked


def make_houses(_stage: object = None) -> Houses:
    """The choir first, then the theatre with ids of its own range, and to each a row of everything."""
    start_ids_after(10_000)
    choir = make_cast()
    fill_choir(choir.choir)
    start_ids_after(FIRST - 1)
    theatre = fill_theatre()
    impresario = person(theatre, Role.OWNER, "Orvokki")
    uploads_of(impresario.user)
    return Houses(choir, theatre, impresario)


def start_ids_after(number: int) -> None:
    with connection.cursor() as cursor:
        for model in apps.get_models():
            key = model._meta.pk
            if model._meta.managed and key.get_internal_type() in {"BigAutoField", "AutoField"}:
                cursor.execute(
                    "SELECT setval(pg_get_serial_sequence(%s, %s), %s)", [model._meta.db_table, key.column, number]
                )


def assert_nothing_told(response: Any, what: str) -> None:
    body = b"".join(response.streaming_content) if response.streaming else response.content
    assert SECRET.encode() not in body, f"{what} tells {secret_around(body)}"


def secret_around(body: bytes) -> str:
    text = body.decode("utf-8", "replace")
    return re.sub(r"\s+", " ", text[max(0, text.find(SECRET) - 200) : text.find(SECRET) + 100])


def snapshot(organisation: Organisation) -> dict[str, list[Any]]:
    """Every row of the organisation, as it stands."""
    rows = {
        model._meta.label: list(model.unscoped.filter(organisation=organisation).order_by("pk").values())
        for model in apps.get_models()
        if issubclass(model, OrganisationModel)
    }
    rows["pages"] = list(Page.objects.descendant_of(organisation.home_page, inclusive=True).order_by("path").values())
    for model in (Image, Document):
        rows[model._meta.label] = list(model.objects.filter(collection=organisation.collection).values())
    members = Membership.objects.filter(organisation=organisation).order_by("pk")
    rows["members"] = list(members.values())
    uploads = UploadedFile.objects.filter(uploaded_by_user__in=members.values("user"))
    rows["uploads"] = list(uploads.order_by("pk").values())
    rows["organisation"] = list(Organisation.objects.filter(pk=organisation.pk).values())
    return rows
