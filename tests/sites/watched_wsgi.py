"""The application with a witness of the race tests: each answer says how many seats were free as it was decided.

The witness adds up the replies themselves, and looks under the lock of the seats or, where the page was found to be
full, right after that. It asks for nothing that the application decides by.
"""

import threading

from django.db.models import Sum

from cms.wsgi import application as kokoon
from sites import counters
from sites.doors import public
from sites.models import Capacity, Registration
from sites.models.seats import State

FREE = "X-Seats-Free"
seen = threading.local()


def look(page_id):
    seated = Registration.objects.filter(page_id=page_id, state=State.CONFIRMED).aggregate(n=Sum("party_size"))["n"]
    seen.free = Capacity.objects.get(page_id=page_id).seats - (seated or 0)


def watch(decide, page_of):
    def watched(*args, **kwargs):
        decided = decide(*args, **kwargs)
        look(page_of(*args, **kwargs))
        return decided

    return watched


counters.lock_capacity = watch(counters.lock_capacity, lambda page_id: page_id)
public.stage_of = watch(public.stage_of, lambda page, _room: page.pk)


def telling(app):
    """`app`, whose answers say what the witness saw."""

    def application(environ, start_response):
        seen.free = None

        def start(status, headers, *rest):
            told = [] if seen.free is None else [(FREE, str(seen.free))]
            return start_response(status, [*headers, *told], *rest)

        return app(environ, start)

    return application


application = telling(kokoon)
