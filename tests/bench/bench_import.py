"""How many rows per second go from a CSV into a register, against Django's `update_or_create` row by row.

Both sides start from an empty register and run in the same process on the same database. The import brings all rows and
is measured whole: reading and guessing, the dry run of every row, and writing. The baseline writes the first 2,000 of
them, without guessing or dry run and into a register that stays small: all that is to its advantage.
"""

import csv
import io
import json
import os
import random
import tempfile
import time
from pathlib import Path
from typing import Any

from tests.bench.loading import load

ROWS = int(os.environ.get("BENCH_ROWS", "1000000"))
BASELINE_ROWS = 2_000
CITIES = ("Helsinki", "Tampere", "Turku", "Oulu", "Kemi", "Jyväskylä", "Lahti", "Kuopio")
FIRST = ("Aino", "Väinö", "Maija", "Juhani", "Åsa", "Erik", "Päivi", "Tuomas", "Liisa", "Kalle")
LAST = ("Virtanen", "Hämäläinen", "Nieminen", "Åberg", "Mäkelä", "Korhonen", "Öhman", "Laine")
INTERESTS = ("musiikki", "matkailu", "lapset", "jääkiekko", "teknologia")
HEADERS = (
    "id", "first_name", "last_name", "email", "mobile", "street", "postcode", "city", "birthdate",
    "interests", "joined",
)  # fmt: skip


def rows(count: int) -> list[tuple[str, ...]]:
    chance = random.Random(7)
    return [
        (
            f"M-{number}",
            chance.choice(FIRST),
            chance.choice(LAST),
            f"person{number}@example.fi",
            f"+35840{number:07d}",
            f"Katu {number % 5003}",
            f"{number % 3000 * 10:05d}",
            chance.choice(CITIES),
            f"{chance.randint(1930, 2008)}-{chance.randint(1, 12):02d}-{chance.randint(1, 28):02d}",
            ", ".join(chance.sample(INTERESTS, chance.randint(0, 3))),
            f"{chance.randint(2000, 2025)}-{chance.randint(1, 12):02d}-01",
        )
        for number in range(count)
    ]


def as_csv(table: list[tuple[str, ...]]) -> io.BytesIO:
    text = io.StringIO()
    csv.writer(text).writerows([HEADERS, *table])
    return io.BytesIO(text.getvalue().encode())


def bring(register: Any, file: io.BytesIO) -> tuple[float, float]:
    """Import a file as its mapping was guessed; returns the seconds that the dry run and the writing took."""
    from registers.imports.choosing import Choices
    from registers.imports.running import run_import
    from registers.imports.uploading import confirm_import, start_check, start_import
    from registers.models import Import

    def work(batch: Any, state: str) -> Any:
        batch.refresh_from_db()
        while batch.state == state:
            run_import(batch.pk)
            batch.refresh_from_db()
        return batch

    started = time.perf_counter()
    batch = start_import(register=register, file=file, name="people.csv", user=None)
    choices = Choices(
        targets=[entry["target"] for entry in batch.mapping],
        types=[entry["type"] for entry in batch.mapping],
        match_by=batch.match_by,
        rule="overwrite",
        mistakes="reject",
    )
    batch = work(start_check(batch=batch, choices=choices), Import.State.CHECKING)
    assert batch.state == Import.State.READY, (batch.state, batch.error)
    checked = time.perf_counter()
    batch = work(confirm_import(batch=batch), Import.State.IMPORTING)
    assert batch.state == Import.State.DONE, (batch.state, batch.error)
    return checked - started, time.perf_counter() - checked


def one_by_one(register: Any, table: list[tuple[str, ...]]) -> float:
    """What one writes first; returns rows per second."""
    from registers.models import Contact

    began = time.perf_counter()
    for external_id, first, last, email, mobile, street, postcode, city, born, interests, joined in table:
        Contact.objects.update_or_create(
            register=register,
            external_id=external_id,
            defaults={
                "first_name": first, "last_name": last, "email": email, "phone": mobile, "street": street,
                "postcode": postcode, "city": city, "birth_date": born,
                "attributes": {"interests": interests.split(", "), "joined": joined},
            },
        )  # fmt: skip
    return len(table) / (time.perf_counter() - began)


def measure() -> dict[str, object]:
    from django.conf import settings

    from organisations import scope
    from organisations.access import create_organisation
    from registers.books import create_register
    from registers.models import Contact

    settings.PRIVATE_DIR = Path(tempfile.mkdtemp())
    organisation = create_organisation(name="Bench", slug=f"bench-{time.time_ns()}")
    table = rows(ROWS)
    with scope.organisation(organisation.pk):
        register = create_register(name="Imported")
        checking, writing = bring(register, as_csv(table))
        assert Contact.objects.filter(register=register).count() == ROWS
        baseline = one_by_one(create_register(name="Row by row"), table[:BASELINE_ROWS])
    value = ROWS / (checking + writing)
    return {
        "bench": "import", "value": round(value, 1), "unit": "rows/s", "baseline": round(baseline, 1),
        "ratio": round(value / baseline, 2), "rows": ROWS, "columns": len(HEADERS),
        "seconds": round(checking + writing, 1),
        "dry_run_seconds": round(checking, 1), "import_seconds": round(writing, 1),
    }  # fmt: skip


if __name__ == "__main__":
    load()
    print(json.dumps(measure()))
