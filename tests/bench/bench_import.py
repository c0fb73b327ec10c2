"""How many rows per second go from a CSV into a register, against Django's `update_or_create` row by row.

Both sides start from an empty register, run in the same process on the same database, and end with the same contacts
in the table. The import is measured whole: reading and guessing, the dry run of every row, and writing.
"""

import csv
import io
import json
import random
import tempfile
import time
from pathlib import Path

ROWS = 100_000
BASELINE_ROWS = 2_000
CITIES = ("Helsinki", "Tampere", "Turku", "Oulu", "Kemi", "Jyväskylä", "Lahti", "Kuopio")
FIRST = ("Aino", "Väinö", "Maija", "Juhani", "Åsa", "Erik", "Päivi", "Tuomas", "Liisa", "Kalle")
LAST = ("Virtanen", "Hämäläinen", "Nieminen", "Åberg", "Mäkelä", "Korhonen", "Öhman", "Laine")
INTERESTS = ("musiikki", "matkailu", "lapset", "jääkiekko", "teknologia")
HEADERS = ("id", "first_name", "last_name", "email", "mobile", "city", "birthdate", "interests")


def rows(count: int) -> list[tuple[str, ...]]:
    chance = random.Random(7)
    return [
        (
            f"M-{number}",
            chance.choice(FIRST),
            chance.choice(LAST),
            f"person{number}@example.fi",
            f"+35840{number:07d}",
            chance.choice(CITIES),
            f"{chance.randint(1930, 2008)}-{chance.randint(1, 12):02d}-{chance.randint(1, 28):02d}",
            ", ".join(chance.sample(INTERESTS, chance.randint(0, 3))),
        )
        for number in range(count)
    ]


def as_csv(table: list[tuple[str, ...]]) -> io.BytesIO:
    text = io.StringIO()
    csv.writer(text).writerows([HEADERS, *table])
    return io.BytesIO(text.getvalue().encode())


def measure() -> dict[str, object]:
    from django.conf import settings

    from organisations import scope
    from organisations.access import create_organisation
    from registers.books import create_register
    from registers.imports.running import run_import
    from registers.imports.uploading import Choices, confirm_import, start_check, start_import
    from registers.models import Contact, Import

    settings.PRIVATE_DIR = Path(tempfile.mkdtemp())
    organisation = create_organisation(name="Bench", slug=f"bench-{time.time_ns()}")
    table = rows(ROWS)
    file = as_csv(table)
    with scope.organisation(organisation.pk):
        register = create_register(name="Imported")
        started = time.perf_counter()
        batch = start_import(register=register, file=file, name="people.csv", user=None)
        choices = Choices(
            targets=[entry["target"] for entry in batch.mapping],
            types=[entry["type"] for entry in batch.mapping],
            match_by=batch.match_by,
            rule="overwrite",
            mistakes="reject",
        )
        batch = start_check(batch=batch, choices=choices)
        while batch.state == Import.State.CHECKING:
            run_import(batch.pk)
            batch.refresh_from_db()
        checked = time.perf_counter()
        batch = confirm_import(batch=batch)
        batch.refresh_from_db()
        while batch.state == Import.State.IMPORTING:
            run_import(batch.pk)
            batch.refresh_from_db()
        done = time.perf_counter()
        assert Contact.objects.filter(register=register).count() == ROWS, batch.count_rows()

        plain = create_register(name="Row by row")
        began = time.perf_counter()
        for external_id, first, last, email, mobile, city, born, interests in table[:BASELINE_ROWS]:
            Contact.objects.update_or_create(
                register=plain,
                external_id=external_id,
                defaults={
                    "first_name": first, "last_name": last, "email": email, "phone": mobile, "city": city,
                    "birth_date": born, "attributes": {"interests": interests.split(", ")},
                },
            )  # fmt: skip
        baseline = BASELINE_ROWS / (time.perf_counter() - began)
    value = ROWS / (done - started)
    return {
        "bench": "import", "value": round(value, 1), "unit": "rows/s", "baseline": round(baseline, 1),
        "ratio": round(value / baseline, 2), "rows": ROWS, "dry_run_seconds": round(checked - started, 1),
        "import_seconds": round(done - checked, 1),
    }  # fmt: skip


if __name__ == "__main__":
    import django

    django.setup()
    print(json.dumps(measure()))
