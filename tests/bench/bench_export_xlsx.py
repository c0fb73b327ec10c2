"""How many seconds it takes to take 200,000 people out as XLSX, and how much memory beyond that of an idle process.

The same columns as `bench_export_csv`. The baseline is openpyxl's `write_only` mode over `Model.objects.iterator()`,
on a tenth of the people and multiplied by ten.
"""

import json
import os
import tempfile
import threading
import time

from tests.bench.bench_export_csv import BASELINE_SHARE, COLUMNS, fill, memory
from tests.bench.loading import load

ROWS = int(os.environ.get("BENCH_ROWS", "200000"))


def measure() -> dict[str, object]:
    from openpyxl import Workbook

    from organisations import scope
    from organisations.access import create_organisation
    from registers.exports.kinds import Selection, write_table
    from registers.models import Contact

    organisation = create_organisation(name="Bench", slug=f"bench-{time.time_ns()}")
    with scope.organisation(organisation.pk):
        register = fill(ROWS)
        people = Contact.objects.filter(register=register).order_by("sort_key", "id")
        chosen = {"columns": COLUMNS, "format": "xlsx"}
        b"".join(write_table(Selection(register, people[:100], "Warm"), chosen).response)
        idle = memory()
        seen, done = [idle], threading.Event()

        def watch() -> None:
            while not done.wait(0.05):
                seen.append(memory())

        watcher = threading.Thread(target=watch)
        watcher.start()
        began = time.perf_counter()
        made = write_table(Selection(register, people, "Everybody"), chosen)
        size = sum(map(len, made.response))
        value = time.perf_counter() - began
        done.set()
        watcher.join()
        assert made.count == ROWS
        assert size > ROWS * 20

        names = [name for name in COLUMNS if "." not in name]
        began = time.perf_counter()
        book = Workbook(write_only=True)
        sheet = book.create_sheet()
        for contact in people[: ROWS // BASELINE_SHARE].iterator():
            sheet.append([*(getattr(contact, name) for name in names), contact.attributes.get("diet")])
        with tempfile.TemporaryFile() as target:
            book.save(target)
        baseline = (time.perf_counter() - began) * BASELINE_SHARE
    return {
        "bench": "export_xlsx", "value": round(value, 2), "unit": "s", "baseline": round(baseline, 2),
        "ratio": round(baseline / value, 2), "rows": ROWS, "mb_over_idle": round(max(seen) - idle, 1),
    }  # fmt: skip


if __name__ == "__main__":
    load()
    print(json.dumps(measure()))
