"""How many seconds it takes to find the duplicates of a register of a million people, by all rules.

Measured is the whole search, until its results stand in their tables. One contact in twenty is somebody else's
duplicate, made in one of several ways; couples share addresses, and an office shares one among 500.

The baseline is what one writes first: for each contact a query of Django's for others with its e-mail address. That is
one rule of the six, is measured on 20,000 contacts, and multiplied by 50.
"""

import json
import os
import sys
import time

from tests.bench.loading import load

ROWS = int(os.environ.get("BENCH_ROWS", "1000000"))
BASELINE_ROWS = 20_000

_PEOPLE = """
INSERT INTO registers_contact (organisation_id, register_id, external_id, first_name, last_name, email, email_key,
    phone, language, birth_date, street, postcode, city, country, source, deceased, attributes, sort_key, search_text,
    created_at, updated_at)
SELECT %(organisation)s, %(register)s, CASE WHEN n %% 3 = 0 THEN 'M-' || n ELSE '' END, first, last, email,
    lower(email), phone, 'fi', born, street, lpad((who * 7 %% 3000 * 10)::text, 5, '0'), 'Helsinki', 'FI', 'bench',
    false, '{}',
    lower(last) || E'\\x1f' || lower(first), lower(concat_ws(' ', first, last, first, email, phone)), now(), now()
FROM (
    SELECT n, who,
        CASE WHEN n <> who AND n %% 5 = 1 THEN 'Sukunimi' || who %% 21001 ELSE 'Etu' || who %% 1009 END AS first,
        CASE WHEN n <> who AND n %% 5 = 1 THEN 'Etu' || who %% 1009 ELSE 'Sukunimi' || who %% 21001 END AS last,
        CASE WHEN who < 500 THEN 'office@example.fi'
            WHEN n <> who AND n %% 5 = 2 THEN '' WHEN who %% 10 = 1 THEN 'person' || who - 1 || '@example.fi'
            ELSE 'person' || who || '@example.fi' END AS email,
        CASE WHEN n <> who AND n %% 5 = 3 THEN '' ELSE '+35840' || lpad((who %% 10000000)::text, 7, '0') END AS phone,
        CASE WHEN n %% 6 = 0 THEN NULL ELSE date '1930-01-01' + (who * 37 %% 28000)::int END AS born,
        'Katu ' || who %% 5003 || ' A ' || who %% 61 AS street
    FROM (
        SELECT n, CASE WHEN n %% 20 = 7 THEN n - 7 ELSE n END AS who FROM generate_series(1, %(rows)s) AS n
    ) AS numbers
) AS people
"""


def measure() -> dict[str, object]:
    from django.db import connection

    from organisations import scope
    from organisations.access import create_organisation
    from registers.books import create_register
    from registers.duplicates.searching import offered, run_search
    from registers.models import Contact, DuplicateSearch, DuplicateSet

    organisation = create_organisation(name="Bench", slug=f"bench-{time.time_ns()}")
    with scope.organisation(organisation.pk):
        register = create_register(name="Everybody")
        with connection.cursor() as cursor:
            # The trigram index takes longest to fill, and no rule looks at it.
            cursor.execute("DROP INDEX IF EXISTS contact_search, contact_attributes")
            began = time.perf_counter()
            cursor.execute(_PEOPLE, {"organisation": organisation.pk, "register": register.pk, "rows": ROWS})
            cursor.execute("VACUUM ANALYZE registers_contact")
        print(f"{ROWS} contacts made in {time.perf_counter() - began:.1f} s", file=sys.stderr)
        search = DuplicateSearch.objects.create(register=register)
        began = time.perf_counter()
        run_search(search.pk)
        value = time.perf_counter() - began
        search.refresh_from_db()
        assert search.state == DuplicateSearch.State.DONE, search.state
        sets = DuplicateSet.objects.filter(register=register)
        likely = sets.filter(certainty__gte=50).count()
        assert likely >= ROWS // 25, likely
        assert search.contacts == ROWS

        began = time.perf_counter()
        assert len(offered(sets[:20])) == 20
        page = time.perf_counter() - began

        began = time.perf_counter()
        pairs = set()
        for contact in Contact.objects.filter(register=register)[:BASELINE_ROWS].iterator():
            others = Contact.objects.filter(register=register, email_key=contact.email_key).exclude(pk=contact.pk)
            pairs |= {(contact.pk, other.pk) for other in others[:6]}
        baseline = (time.perf_counter() - began) * ROWS / BASELINE_ROWS
        count = sets.count()
    return {
        "bench": "duplicates", "value": round(value, 2), "unit": "s", "baseline": round(baseline, 1),
        "ratio": round(baseline / value, 2), "rows": ROWS, "sets": count, "likely": likely,
        "first_page_ms": round(page * 1000, 1),
    }  # fmt: skip


if __name__ == "__main__":
    load()
    print(json.dumps(measure()))
