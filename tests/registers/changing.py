"""What the tests of changes of many contacts share."""

import re
from contextlib import contextmanager

from django.db import connection

from registers.books import add_options
from registers.bulk.preparing import choose_contacts, confirm_change, plan_column_change
from registers.contacts import save_contact
from registers.imports.undoing import confirm_undo, start_undo
from registers.models import Import
from tests.registers.importing import work


def confirm_what_is_shown(client, change):
    """Press the button of the page that shows the numbers."""
    return client.post(f"{change}confirm/", seen(client.get(change).content.decode()), follow=True)


@contextmanager
def just_before_locking(table, act):
    """Let `act` happen at the last moment before rows of `table` are locked."""
    done = []

    def look(execute, sql, *rest):
        if "FOR NO KEY UPDATE" in sql and f'FROM "{table}"' in sql and not done:
            done.append(act())
        return execute(sql, *rest)

    with connection.execute_wrapper(look):
        yield
    assert done


def seen(page):
    """What that button sends."""
    return {"seen": re.search(r'name="seen" value="(\w+)"', page)[1]}


def three_people(register):
    add_options(field=register.fields.get(key="interests"), labels=["sport"])
    rows = [
        {"first_name": "Aino", "email": "aino@example.fi", "city": "Kemi", "attributes.interests": "musiikki;lapset"},
        {"first_name": "Bo", "email": "bo@example.fi", "city": "Oulu", "attributes.interests": "musiikki"},
        {"first_name": "Cy", "email": "cy@example.fi", "attributes.volunteer": "yes", "attributes.turnover": "7"},
    ]
    return [save_contact(register=register, values=row, source="test") for row in rows]


def counted(register, contacts, column, does, value=None):
    batch = choose_contacts(register=register, contacts=[contact.pk for contact in contacts], user=None)
    return work(plan_column_change(batch=batch, column=column, does=does, value=value))


def changed(register, contacts, column, does, value=None):
    batch = counted(register, contacts, column, does, value)
    before = {name: batch.counts[name] for name in ("will", "same", "refused", "gone")}
    batch = work(confirm_change(batch=batch))
    assert batch.state == Import.State.DONE
    assert {name: batch.counts[f"done_{name}"] for name in before} == before
    return batch


def undone(batch):
    work(start_undo(batch=batch, user=None))
    return work(confirm_undo(batch=batch, user=None))
