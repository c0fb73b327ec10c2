"""PostgreSQL does not look through all contacts for each row because it once knew them all on one page."""

import pytest
from django.db import connection

from registers import plans
from registers.contacts import save_contact
from tests.registers.importing import import_text

ROWS = 1_000


def foreign_keys_are_checked():
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def rows_looked_through():
    with connection.cursor() as cursor:
        cursor.execute("SELECT seq_tup_read FROM pg_stat_xact_user_tables WHERE relname = 'registers_contact'")
        return cursor.fetchone()[0]


@pytest.mark.parametrize("anew", [True, False])
def test_a_plan_made_while_there_were_few_is_not_kept(register, settings, tmp_path, monkeypatch, anew):
    settings.PRIVATE_DIR = tmp_path
    if not anew:
        monkeypatch.setattr(plans, "MANY", 10 * ROWS)
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE registers_contact CASCADE")
        cursor.execute(
            "SELECT pg_restore_relation_stats("
            "'schemaname', 'public', 'relname', 'registers_contact', 'relpages', 1, 'reltuples', 1::real)"
        )
    for _time in range(10):  # after five a plan is kept
        save_contact(register=register, values={"first_name": "Aino"}, source="test")
    foreign_keys_are_checked()
    import_text(register, "email\n" + "".join(f"p{number}@example.fi\n" for number in range(ROWS)))
    foreign_keys_are_checked()
    assert (rows_looked_through() < 100 * ROWS) == anew
