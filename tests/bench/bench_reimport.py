"""How many rows per second go in when a file comes again of which one row in ten has changed.

The first import of the file is not measured. The baseline is `update_or_create` row by row on rows of the same file.
"""

import json
import tempfile
import time
from pathlib import Path

from tests.bench.bench_import import BASELINE_ROWS, ROWS, as_csv, bring, one_by_one, rows
from tests.bench.loading import load


def changed(table: list[tuple[str, ...]]) -> list[tuple[str, ...]]:
    """Every tenth has moved, and has another number."""
    return [
        (*row[:4], f"+35850{number:07d}", f"Uusikatu {number % 4001}", *row[6:]) if number % 10 == 0 else row
        for number, row in enumerate(table)
    ]


def measure() -> dict[str, object]:
    from django.conf import settings

    from organisations import scope
    from organisations.access import create_organisation
    from registers.books import create_register
    from registers.models import Contact

    settings.PRIVATE_DIR = Path(tempfile.mkdtemp())
    organisation = create_organisation(name="Bench", slug=f"bench-{time.time_ns()}")
    table = rows(ROWS)
    again = changed(table)
    with scope.organisation(organisation.pk):
        register = create_register(name="Imported")
        bring(register, as_csv(table))
        checking, writing = bring(register, as_csv(again))
        people = Contact.objects.filter(register=register)
        assert people.count() == ROWS
        assert people.filter(phone__startswith="+35850").count() == -(-ROWS // 10)
        plain = create_register(name="Row by row")
        one_by_one(plain, table[:BASELINE_ROWS])
        baseline = one_by_one(plain, again[:BASELINE_ROWS])
    value = ROWS / (checking + writing)
    return {
        "bench": "reimport", "value": round(value, 1), "unit": "rows/s", "baseline": round(baseline, 1),
        "ratio": round(value / baseline, 2), "rows": ROWS, "seconds": round(checking + writing, 1),
        "dry_run_seconds": round(checking, 1), "import_seconds": round(writing, 1),
    }  # fmt: skip


if __name__ == "__main__":
    load()
    print(json.dumps(measure()))
