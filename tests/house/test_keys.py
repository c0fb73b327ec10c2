"""What the database checks and keeps for each row, it checks and keeps once."""

import pytest
from django.apps import apps
from django.db import connection

pytestmark = pytest.mark.django_db

# A Wagtail child's key to its page, and the tables Django makes for a ManyToManyField.
NOT_OURS_TO_SAY = {"sites_eventmessage", "sites_rsvppage_notify"}

INDEXES = """
    SELECT t.relname, i.relname, array_agg(pg_get_indexdef(i.oid, k.n::int, true) ORDER BY k.n),
           array_agg(o.opcname::text ORDER BY k.n), x.indisunique
    FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid JOIN pg_class t ON t.oid = x.indrelid
    JOIN pg_am m ON m.oid = i.relam AND m.amname = 'btree'
    CROSS JOIN LATERAL unnest(x.indkey) WITH ORDINALITY k (number, n)
    LEFT JOIN pg_opclass o ON o.oid = x.indclass[k.n - 1]
    WHERE x.indpred IS NULL AND t.relname = ANY(%s) GROUP BY 1, 2, 5"""

KEYS = """
    SELECT f.conrelid::regclass::text, f.conname, f.confrelid::regclass::text,
           array_agg(a.attname::text ORDER BY k.n)
    FROM pg_constraint f CROSS JOIN LATERAL unnest(f.conkey) WITH ORDINALITY k (number, n)
    JOIN pg_attribute a ON a.attrelid = f.conrelid AND a.attnum = k.number
    WHERE f.contype = 'f' AND f.conrelid::regclass::text = ANY(%s) GROUP BY 1, 2, 3"""


def ask(sql: str) -> list[tuple]:
    ours = ("registers", "mailer", "sites")
    tables = {model._meta.db_table for app in ours for model in apps.get_app_config(app).get_models()}
    with connection.cursor() as cursor:
        cursor.execute(sql, [sorted(tables - NOT_OURS_TO_SAY)])
        return cursor.fetchall()


def test_no_index_is_the_beginning_of_another():
    indexes = ask(INDEXES)
    covered = [
        f"{name} by {other}"
        for table, name, columns, kinds, unique in indexes
        for table2, other, columns2, kinds2, _unique in indexes
        if table == table2 and name != other and not unique
        if columns2[: len(columns)] == columns and kinds2[: len(kinds)] == kinds
    ]
    assert not covered, "db_index=False on the foreign key: " + ", ".join(covered)


def test_no_reference_is_checked_twice():
    keys = ask(KEYS)
    twice = [
        f"{name} by {other}"
        for table, name, target, columns in keys
        for table2, other, target2, columns2 in keys
        if (table, target) == (table2, target2) and len(columns) < len(columns2) and columns[0] == columns2[0]
    ]
    assert not twice, "db_constraint=False on the foreign key that SameOrganisation checks: " + ", ".join(twice)
