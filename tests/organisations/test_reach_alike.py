"""Whoever sees a part only gets the same pages, letter by letter, whether there is somebody beyond it or not.

Everything is asked twice: while the others are there, and after all of them have been erased for good.
"""

import json
import re
from collections.abc import Callable, Iterable, Iterator
from urllib.parse import urlencode

import pytest
from django.apps import apps
from django.contrib.messages import get_messages
from django.db import transaction
from django.test import Client
from django.urls import reverse

from organisations import scope
from organisations.models import Role
from registers.models import Activity, Company, Contact, Group, Import, Register, Segment
from registers.views.bulk import ACTS
from registers.wagtail_hooks import OPEN_TO_LIMITED
from tests.cast import Person, person
from tests.organisations.crawl import admin_routes
from tests.organisations.keys import MODELS, kind_of
from tests.organisations.part import House, limit, plain, within
from tests.organisations.treasure import SECRET

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("known_to_the_porter"), pytest.mark.takes(12)]
Ask = tuple[str, str, dict]  # method, address, form
CLOCK = re.compile(r"DTSTAMP:\w+|Just now|\d+\s(?:minute|hour)s?\sago")  # what another moment alone changes


def answer(client: Client, ask: Ask) -> tuple[int, str, list[str], str]:
    """All that can be told from an answer; whatever it has changed is taken back."""
    method, url, form = ask
    with transaction.atomic():
        response = client.get(url) if method == "get" else client.post(url, form)
        told = plain(response)
        said = [str(message) for message in get_messages(response.wsgi_request)]
        transaction.set_rollback(True)
    if told.startswith("PK"):  # a workbook, with the time at which it was made
        told = "workbook"
    return response.status_code, response.get("Location", ""), said, CLOCK.sub("", told)


def every_open_page(house: House, someone: Person) -> list[Ask]:
    """By the ids that they see, the first of each kind that leads to a page of their own."""
    found: list[Ask] = []
    for route in admin_routes():
        if route.name.removeprefix("registers:") in OPEN_TO_LIMITED:
            ids = {name: within(house, someone, kind_of(route, name)) for name in route.ids()}
            if all(ids.values()):
                path = route.path({name: rows[0] for name, rows in ids.items()}, ("", ""))
                found.append(("get", f"/{path}", {}))
    return found


def asked_alike(client: Client, asks: Iterable[Ask], erase: Callable[[], None]) -> list[str]:
    """Ask, erase, ask again; return the pages."""
    asked = list(asks)
    before = [answer(client, ask) for ask in asked]
    erase()
    for ask, told in zip(asked, before, strict=True):
        assert answer(client, ask) == told, ask
    return [text for status, _location, _said, text in before if status == 200]


def looks(house: House) -> Iterator[Ask]:
    """Searches, filters, counts and choosers that look for somebody beyond."""
    contacts = reverse("registers:contacts", args=[house.register])
    results = reverse("registers:contact_results", args=[house.register])
    yield "get", f"{contacts}?q={SECRET}", {}
    for query in ("q=a", f"q={SECRET}", "has=phone", "has=couple", "has=important", "has=email", "ordering=sort_key"):
        yield "get", f"{results}?{query}", {}
    for name, args in (
        ("registers:group_results", [house.group]),
        ("registers:add_member_results", [house.group]),
        ("registers:company_list_results", []),
    ):
        yield "get", f"{reverse(name, args=args)}?q={SECRET}", {}
    yield "get", f"{reverse('registers:follow_ups')}?whose=all", {}
    yield "get", reverse("wagtailadmin_home"), {}
    count = reverse("registers:segment_count", args=[house.register])
    for column, op, value in (
        ("last_name", "contains", SECRET), ("last_name", "is_not", "Ahola"), ("about:company", "is", SECRET),
        ("about:couple", "yes", ""), ("deed:email_sent", "ever", ""), ("deed:event_answered", "never", ""),
    ):  # fmt: skip
        yield "get", f"{count}?{urlencode({'match': 'all', 'column-0': column, 'op-0': op, 'value-0': value})}", {}


def names(house: House) -> Iterator[Ask]:
    """Whatever may be named in a query or a form, by the id of one that is beyond."""
    kinds = ("contact", "group", "segment", "view", "note", "appointment", "follow_up")
    with scope.organisation(house.theatre.pk):
        rows = {kind: set(apps.get_model(MODELS[kind]).objects.values_list("pk", flat=True)) for kind in kinds}
    first = {kind: sorted(pks - set(within(house, house.limited, kind)))[:1] for kind, pks in rows.items()}
    assert all(first.values())
    register, group = house.register, house.group
    contacts, export = (reverse(f"registers:{name}", args=[register]) for name in ("contacts", "export"))
    taken = {"purpose": "A list", "columns": ["first_name"], "format": "csv"}
    for pk in first["contact"]:
        yield "get", f"{export}?contact={pk}", {}
        yield "post", f"{export}?contact={pk}", taken
        for url in (reverse("registers:add_members", args=[group]), reverse("registers:group", args=[group])):
            yield "post", url, {"contact": [pk]}
        for act in (*ACTS, "compare", "export"):
            yield "post", reverse("registers:bulk", args=[register]), {"act": act, "contact": [pk], "group": group}
    for kind in ("group", "segment", "view"):
        for pk in first[kind]:
            for url in (contacts, export, reverse("registers:columns", args=[register])):
                yield "get", f"{url}?{kind}={pk}", {}
            yield "post", f"{export}?{kind}={pk}", taken
    for pk in first["group"]:
        rule = {"match": "all", "conditions": [{"column": "group", "op": "in", "value": str(pk)}]}
        parts = {"match": "all", "column-0": "group", "op-0": "in", "value-0": str(pk)}
        yield "get", f"{contacts}?{urlencode({'rule': json.dumps(rule)})}", {}
        yield "get", f"{reverse('registers:segment_count', args=[register])}?{urlencode(parts)}", {}
        yield "post", reverse("registers:filter", args=[register]), parts
        act = {"act": "add", "confirmed": "1", "contact": [house.aino], "group": pk}
        yield "post", reverse("registers:bulk", args=[register]), act
        yield "post", reverse("registers:bulk", args=[register]), {**act, "act": "remove"}
        yield "post", reverse("registers:add_contact", args=[register]), {"first_name": "Uusi", "joins": pk}
    for kind in ("note", "appointment", "follow_up"):
        for pk in first[kind]:
            url = f"{reverse('registers:add_document', args=[house.aino])}?{kind}={pk}"
            yield from (("get", url, {}), ("post", url, {}))


def test_who_sees_a_group_is_told_of_nobody_else(house):
    def erase() -> None:
        with scope.organisation(house.theatre.pk):
            Contact.objects.exclude(pk=house.aino).delete()
            Group.objects.filter(pk=house.group).update(parent=None)
            Group.objects.filter(name=SECRET).delete()
            Company.objects.filter(name=SECRET).delete()
            Register.objects.filter(pk=house.hidden).delete()
            Activity.objects.filter(contact=house.aino, kind="coupled").delete()
            Activity.objects.filter(data__group=SECRET).delete()
            for model in (*map(apps.get_model, ("registers.Export", "registers.SavedView")), Segment, Import):
                model.objects.all().delete()

    pages = every_open_page(house, house.limited)
    assert len(pages) > 40
    everything = plain(house.owner.client.get(reverse("registers:contacts", args=[house.register])))
    told = asked_alike(house.limited.client, [*pages, *looks(house), *names(house)], erase)
    assert len([page for page in told if "Ahola" in page]) > 20
    assert not [page for page in told if f"{SECRET} premiere" in page]
    assert SECRET in everything


def test_who_sees_a_register_is_told_of_no_other(house):
    someone = person(house.theatre, Role.EDITOR, "Veikko")
    limit(house.theatre, someone, f"register:{house.register}")
    someone = someone.again()

    def erase() -> None:
        with scope.organisation(house.theatre.pk):
            Contact.objects.filter(register=house.hidden).delete()
            Company.objects.filter(name=f"{SECRET} Ltd").delete()
            Register.objects.filter(pk=house.hidden).delete()

    pages = every_open_page(house, someone)
    assert len(pages) > 70
    told = asked_alike(someone.client, pages, erase)
    assert len(told) > 50
