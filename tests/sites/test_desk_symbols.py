"""The lists of an event's desk show who must not be written to, and why."""

import datetime as dt

from django.db import transaction
from django.urls import reverse

from registers.absences import set_absence, today
from registers.consents import record_consent
from registers.followups import make_follow_up
from registers.models import Contact, Purpose
from registers.stars import set_star
from registers.suppression import suppress
from sites.seats import reply
from sms.models import Inbound, ShortNumber


def test_the_replies_and_the_search_show_symbols(cast, event, anna):
    with transaction.atomic():
        reply(page_id=event.pk, contact_id=anna.pk, party=1, waiting_list=False)
    suppress(organisation_id=anna.organisation_id, channel="email", address=anna.email, kind="unsubscribed")
    set_absence(contacts=[anna.pk], until=today().replace(year=today().year + 1, day=1))
    news = Purpose.objects.create(name="News")
    record_consent(contact=anna, purpose=news, channel="email", granted=False, how="phone")
    make_follow_up(contact=anna, text="Call", due_on=today(), responsible=cast.editor.user, user=cast.editor.user)
    set_star(contact=anna, responsible=None)
    Contact.objects.filter(pk=anna.pk).update(birth_date=dt.date(today().year - 59, 1, 1))
    number = ShortNumber.objects.create(number="18230")
    Inbound.objects.create(number=number, contact=anna, sender="+358401234567", text="Hello")
    pages = [reverse(f"events:{name}", args=[event.pk]) for name in ("event", "find_person", "report")]
    others = ("registers:follow_ups", "registers:birthdays", "sms_received:index")
    for address in (*pages, *map(reverse, others)):
        page = cast.editor.client.get(address, {"q": anna.first_name}).content.decode()
        for text in ("E-mail: Unsubscribed", "On leave until", "E-mail: Withdrew consent (News)"):
            assert text in page, (address, text)
