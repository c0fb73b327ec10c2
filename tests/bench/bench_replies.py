"""How many replies per second four web workers take through HTTP, with every seat counted exactly.

A reply is all of it: form, contact, submission, seat, confirmation in the outbox, redirect; the workers have taken some
for another event before. The baseline is what a plain Django view would do in the same workers: count the seats taken,
insert a row, redirect; it keeps no count, sends nothing, and sells seats twice (`baseline_oversold`). The load client
runs on the same processors.
"""

import datetime as dt
import json
import os
import time

from tests.bench.loading import load

REPLIES = 1_000
AT_ONCE = 32
SEATS = 800
WARM_UP = 128


def forms(count: int, where: str = "party") -> list[dict[str, str]]:
    return [
        {"answer": "yes", "first_name": f"P{n}", "last_name": "X", "email": f"p{n}@{where}.example", "party_size": "1"}
        for n in range(count)
    ]


def measure() -> dict[str, object]:
    from django.db.models import Sum
    from django.utils import timezone

    from organisations import scope
    from organisations.access import create_organisation
    from registers.books import create_register
    from sites.models import Capacity, HomePage, Registration, RsvpPage
    from tests.sites.web import send_all, web_server

    os.environ["REPLIES_PER_MINUTE"] = "0"  # it would stop a client that is a whole town
    organisation = create_organisation(name="Bench", slug=f"bench-{time.time_ns()}")
    path = f"/{organisation.slug}/party/"
    with scope.organisation(organisation.pk):
        home = HomePage.objects.get(pk=organisation.home_page_id)
        guests = create_register(name="Guests")

        def make(title: str, seats: int) -> RsvpPage:
            starts_at = timezone.now() + dt.timedelta(days=30)
            page = RsvpPage(title=title, slug=title.lower(), starts_at=starts_at, register=guests, capacity=seats)
            home.add_child(instance=page).save_revision().publish()
            return page

        make("Rehearsal", WARM_UP // 2)
        event = make("Party", SEATS)

    with web_server() as base:
        send_all(base, path.replace("party", "rehearsal"), forms(WARM_UP, "rehearsal"), at_once=AT_ONCE)
        began = time.perf_counter()
        answers = send_all(base, path, forms(REPLIES), at_once=AT_ONCE)
        value = REPLIES / (time.perf_counter() - began)
    assert {answer.status for answer in answers} == {303}, {answer.status for answer in answers}
    with scope.organisation(organisation.pk):
        capacity = Capacity.objects.get(page=event)
        seated = Registration.objects.filter(page=event, state="confirmed").aggregate(n=Sum("party_size"))["n"]
        assert seated == capacity.taken == SEATS, (seated, capacity.taken)
        assert capacity.waiting == REPLIES - SEATS

    with web_server(app="tests.bench.plain_replies:application", PLAIN_EVENT=str(event.pk)) as base:
        send_all(base, "/plain/", [{}] * 64, at_once=AT_ONCE)
        began = time.perf_counter()
        answers = send_all(base, "/plain/", forms(REPLIES), at_once=AT_ONCE)
        baseline = REPLIES / (time.perf_counter() - began)
    welcomed = sum(answer.location.endswith("/yes/") for answer in answers)
    return {
        "bench": "replies", "value": round(value, 1), "unit": "replies/s", "baseline": round(baseline, 1),
        "ratio": round(value / baseline, 2), "replies": REPLIES, "seats": SEATS, "seats_taken": seated,
        "baseline_oversold": max(0, welcomed - SEATS), "workers": 4,
    }  # fmt: skip


if __name__ == "__main__":
    load()
    print(json.dumps(measure()))
