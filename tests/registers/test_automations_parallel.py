"""Two at the same moment: one membership, one run, done once."""

import threading

import pytest
from django.db import connection

from organisations import scope
from organisations.access import create_organisation
from registers.automations.keeping import save_automation
from registers.automations.running import run_waiting
from registers.books import create_register
from registers.memberships import add_to_group
from registers.models import Activity, AutomationRun, Contact, Group

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(organisation, work):
    gate = threading.Barrier(2)

    def run():
        try:
            with scope.organisation(organisation):
                gate.wait(10)
                work()
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _time in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)


def test_twice_at_once_is_once():
    organisation = create_organisation(name="Kotiseutu", slug="kotiseutu").pk
    with scope.organisation(organisation):
        register = create_register(name="Members", fields=[{"label": "Welcomed", "type": "date"}])
        group = Group.objects.create(register=register, name="New")
        values = {"column": "attributes.welcomed", "value": "today"}
        save_automation(group=group, on="joined", act="set_field", values=values)
        Contact.objects.bulk_create(Contact(register=register, first_name=f"Nro {number}") for number in range(300))
        ids = list(Contact.objects.values_list("pk", flat=True))
        at_once(organisation, lambda: add_to_group(group=group, contacts=ids))
        assert Activity.objects.filter(kind="joined_group").count() == 300
        assert AutomationRun.objects.waiting().count() == 300
        at_once(organisation, lambda: run_waiting(organisation))
        assert set(AutomationRun.objects.values_list("state", flat=True)) == {"done"}
        assert Activity.objects.filter(kind="edited").count() == 300
