"""How many seconds it takes to take 1,000,000 people out as CSV, and how much memory beyond that of an idle process.

Measured is the export screen's own writer: eight columns of a register, one of them a choice of its own, every cell
made harmless, until the last byte is there. The baseline is what one writes first: the `csv` module over
`Model.objects.iterator()`, with no cell made harmless. It is run on a tenth of the people and multiplied by ten.
"""

import csv
import io
import json
import os
import sys
import time

from tests.bench.loading import load

ROWS = int(os.environ.get("BENCH_ROWS", "1000000"))
BASELINE_SHARE = 10
COLUMNS = ["first_name", "last_name", "email", "phone", "postcode", "city", "birth_date", "attributes.diet"]

_PEOPLE = """
INSERT INTO registers_contact (organisation_id, register_id, external_id, first_name, last_name, email, email_key,
    phone, language, birth_date, street, postcode, city, country, source, deceased, attributes, sort_key, search_text,
    created_at, updated_at)
SELECT %(organisation)s, %(register)s, 'M-' || n, 'Etu' || n %% 1009, 'Sukunimi' || n %% 21001,
    'person' || n || '@example.fi', 'person' || n || '@example.fi', '+35840' || lpad(n::text, 7, '0'), 'fi',
    date '1930-01-01' + n %% 28000, 'Katu ' || n %% 5003, lpad((n * 7 %% 3000 * 10)::text, 5, '0'), 'Jyväskylä',
    'FI', 'bench', false, jsonb_build_object('diet', CASE WHEN n %% 3 = 0 THEN 'vegan' ELSE 'all' END),
    'sukunimi' || n %% 21001 || E'\\x1f' || 'etu' || n %% 1009, '', now(), now()
FROM generate_series(1, %(rows)s) AS n
"""


def fill(rows: int) -> object:
    """A register of so many people, without the two indexes that take longest to fill and that no export looks at."""
    from django.db import connection

    from registers.books import create_register

    diet = {"label": "Diet", "type": "choice", "options": ["vegan", "all"]}
    register = create_register(name="Everybody", fields=[diet])
    with connection.cursor() as cursor:
        cursor.execute("DROP INDEX IF EXISTS contact_search, contact_attributes")
        cursor.execute(_PEOPLE, {"organisation": register.organisation_id, "register": register.pk, "rows": rows})
        cursor.execute("VACUUM ANALYZE registers_contact")
    return register


def memory() -> float:
    """MB of this process that are its own, at this moment."""
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6


def measure() -> dict[str, object]:
    from organisations import scope
    from organisations.access import create_organisation
    from registers.exports.kinds import Selection, write_table
    from registers.models import Contact

    organisation = create_organisation(name="Bench", slug=f"bench-{time.time_ns()}")
    with scope.organisation(organisation.pk):
        register = fill(ROWS)
        people = Contact.objects.filter(register=register).order_by("sort_key", "id")
        chosen = {"columns": COLUMNS, "format": "csv"}
        b"".join(write_table(Selection(register, people[:100], "Warm"), chosen).response)
        idle = most = memory()

        began = time.perf_counter()
        made = write_table(Selection(register, people, "Everybody"), chosen)
        size = lines = 0
        for chunk in made.response:
            size += len(chunk)
            lines += chunk.count(b"\n")
            most = max(most, memory())
        value = time.perf_counter() - began
        assert (made.count, lines) == (ROWS, ROWS + 1), (made.count, lines)
        print(f"{size / 1e6:.0f} MB of CSV", file=sys.stderr)

        few = people[: ROWS // BASELINE_SHARE]
        began = time.perf_counter()
        target = io.StringIO()
        writer = csv.writer(target)
        names = [name for name in COLUMNS if "." not in name]
        for contact in few.iterator():
            writer.writerow([*(getattr(contact, name) for name in names), contact.attributes.get("diet")])
        baseline = (time.perf_counter() - began) * BASELINE_SHARE
    return {
        "bench": "export_csv", "value": round(value, 2), "unit": "s", "baseline": round(baseline, 2),
        "ratio": round(baseline / value, 2), "rows": ROWS, "mb_over_idle": round(most - idle, 1),
    }  # fmt: skip


if __name__ == "__main__":
    load()
    print(json.dumps(measure()))
