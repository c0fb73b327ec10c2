"""How many milliseconds the server takes for a page of a register of a million people: listed, filtered, searched.

Each case is what an editor does: open the list, turn to a deep page, filter, and type a search letter by letter (the
list asks again after each). The value is the 95th percentile over all cases, each asked several times through Django's
test client: everything from the session to the rendered list is in it.

The baseline is what one writes first: `icontains` over the names and the e-mail address, counted and ordered by name.
"""

import json
import sys
import time
from statistics import median

from tests.bench.loading import load

ROUNDS = 5


def typed(*texts: str) -> list[dict[str, str]]:
    return [{"q": text} for text in texts]


CASES: list[dict[str, str]] = [
    {}, {"p": "2"}, {"p": "100"}, {"p": "200"}, {"ordering": "-sort_key"}, {"ordering": "email"},
    {"is_gender": "woman"}, {"is_gender": "other", "p": "20"}, {"is_interests": "music"}, {"has": "deceased"},
    {"has": "no_email"}, {"has": "phone"}, {"group": "{group}"}, {"group": "{group}", "p": "40"},
    {"group": "{group}", "is_gender": "man", "q": "korhonen"},
    *typed("v", "vi", "vir", "virta", "virtanen", "k", "ka", "kar", "karas", "z", "q", "bo", "öb", "öberg", "oberg"),
    *typed("maria", "maria korhonen", "korhonen maria", "m korh", "aijala", "äijälä", "айно", "виртанен"),
    *typed("gmail", "@gmail.com", "example", "maria.korhonen", "xyzzyq", "M-3", "M-300", "M-30000"),
    *typed("040", "0401234567", "040 123 4567", "+358 40 123", "00358401", "4567", "%", "_", "'", "nen", "ann"),
]  # fmt: skip


def measure() -> dict[str, object]:
    from django.db.models import Q
    from django.test import Client, override_settings
    from django.urls import reverse

    from organisations import scope
    from registers.models import Contact, Group
    from tests.bench.million import ROWS, fill, p95

    user, register = fill("Bench")
    client = Client()
    client.force_login(user)
    url = reverse("registers:contact_results", args=[register.pk])
    times: dict[str, list[float]] = {}
    with scope.organisation(register.organisation_id):
        group = str(Group.objects.get(register=register).pk)
    with override_settings(ALLOWED_HOSTS=["*"]):
        for round_number in range(ROUNDS + 1):
            for case in CASES:
                query = {name: value.replace("{group}", group) for name, value in case.items()}
                began = time.perf_counter()
                response = client.get(url, query)
                took = (time.perf_counter() - began) * 1000
                assert response.status_code == 200, (case, response.status_code)
                if round_number:  # the first one warms up
                    times.setdefault(json.dumps(case, ensure_ascii=False), []).append(took)
        began = time.perf_counter()
        whole = client.get(reverse("registers:contacts", args=[register.pk]))
        first_page = (time.perf_counter() - began) * 1000
        assert whole.status_code == 200
    for case_text, each in sorted(times.items(), key=lambda item: -max(item[1])):
        print(f"{p95(each):8.1f} ms  {case_text}", file=sys.stderr)

    plain: list[float] = []
    with scope.organisation(register.organisation_id):
        for case in CASES:
            if word := case.get("q"):
                fits = Q(first_name__icontains=word) | Q(last_name__icontains=word) | Q(email__icontains=word)
                found = Contact.objects.filter(fits, register=register).order_by("last_name", "first_name")
                began = time.perf_counter()
                assert found.count() >= 0
                assert len(found[:50]) <= 50
                plain.append((time.perf_counter() - began) * 1000)
    everything = [took for each in times.values() for took in each]
    value, baseline = p95(everything), p95(plain)
    return {
        "bench": "contact_list", "value": round(value, 1), "unit": "ms", "baseline": round(baseline, 1),
        "ratio": round(baseline / value, 2), "rows": ROWS, "median_ms": round(median(everything), 1),
        "slowest_ms": round(max(everything), 1), "whole_page_ms": round(first_page, 1),
    }  # fmt: skip


if __name__ == "__main__":
    load()
    print(json.dumps(measure()))
