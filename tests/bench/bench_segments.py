"""How many milliseconds it takes to count who fits a rule, among a million people: five rules that editors make.

The value is the 95th percentile of the exact counts, as the rule builder shows them while a rule is put together. The
baseline is what one writes first: the same rules with Django's look-ups into JSON and `iexact`.
"""

import json
import sys
import time
from statistics import median
from typing import Any

from tests.bench.loading import load

ROUNDS = 10


def rule(*conditions: tuple[str, str, Any], match: str = "all") -> dict[str, Any]:
    made = [{"column": column, "op": op, "value": value} for column, op, value in conditions]
    return {"match": match, "conditions": made}


def measure() -> dict[str, object]:
    from django.db import connection
    from django.db.models import Q

    from organisations import scope
    from registers.models import Consent, Contact, Group, Purpose
    from registers.segments import compile_rule
    from tests.bench.million import ROWS, fill, p95

    _user, register = fill("Bench")
    with scope.organisation(register.organisation_id):
        group = Group.objects.get(register=register)
        purpose = Purpose.objects.create(name="News")
        with connection.cursor() as cursor:
            cursor.execute(
                f"INSERT INTO {Consent._meta.db_table} (organisation_id, contact_id, purpose_id, channel, granted, at, "
                "how, text) SELECT organisation_id, id, %s, 'email', id %% 3 > 0, now(), 'form', '' "
                "FROM registers_contact WHERE register_id = %s AND id %% 20 = 1",
                [purpose.pk, register.pk],
            )
            cursor.execute(f"VACUUM ANALYZE {Consent._meta.db_table}")
        rules: dict[str, tuple[dict[str, Any], Q]] = {
            "members in a town who like music": (
                rule(("city", "is", "kemi"), ("attributes.interests", "any_of", ["music"])),
                Q(city__iexact="kemi", attributes__interests__contains="music"),
            ),
            "women who volunteer": (
                rule(("attributes.gender", "any_of", ["woman"]), ("attributes.volunteer", "yes", "")),
                Q(attributes__gender="woman", attributes__volunteer=True),
            ),
            "a group, in Swedish": (
                rule(("group", "in", str(group.pk)), ("language", "any_of", ["sv"])),
                Q(memberships__group=group, language__iexact="sv"),
            ),
            "born since 2000, with e-mail": (
                rule(("birth_date", "after", "1999-12-31"), ("email", "filled", "")),
                Q(birth_date__gt="1999-12-31") & ~Q(email=""),
            ),
            "consented, not in the group": (
                rule(("consent", "given", f"{purpose.pk}:email"), ("group", "not_in", str(group.pk))),
                Q(consents__purpose=purpose, consents__granted=True) & ~Q(memberships__group=group),
            ),
        }
        extra = {
            "turnover above 4,500": (rule(("attributes.turnover", "gt", "4500")), Q(attributes__turnover__gt=4500)),
            "everybody but one town": (rule(("city", "is_not", "kemi")), ~Q(city__iexact="kemi")),
        }
        people = Contact.objects.filter(register=register)

        def times(condition: Any) -> tuple[list[float], int]:
            took = []
            for _round in range(ROUNDS + 1):
                began = time.perf_counter()
                count = people.filter(condition()).count()
                took.append((time.perf_counter() - began) * 1000)
            return took[1:], count

        ours, plain, beside = [], [], {}
        for name, (made, naive) in {**rules, **extra}.items():
            mine, count = times(lambda made=made: compile_rule(made, register))
            theirs, same = times(lambda naive=naive: naive)
            assert count == same, (name, count, same)
            print(f"{p95(mine):8.1f} ms (plain {p95(theirs):8.1f})  {name}: {count}", file=sys.stderr)
            if name in rules:
                ours += mine
                plain += theirs
            else:
                beside[name] = round(p95(mine), 1)
    value, baseline = p95(ours), p95(plain)
    return {
        "bench": "segments", "value": round(value, 1), "unit": "ms", "baseline": round(baseline, 1),
        "ratio": round(baseline / value, 2), "rows": ROWS, "median_ms": round(median(ours), 1), "beside_ms": beside,
    }  # fmt: skip


if __name__ == "__main__":
    load()
    print(json.dumps(measure()))
