"""Columns of other programs that say who does not want to be written to: guessed, decided on, obeyed, and out again."""

from io import BytesIO

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from campaigns.suppression import stopped_among
from registers.contacts import save_contact
from registers.imports import running
from registers.imports.stop_cells import says_no
from registers.imports.undoing import confirm_undo, start_undo
from registers.models import AccessLog, Contact, Suppression
from registers.suppression import suppress
from tests.registers.importing import check, confirm, import_text, outcome, upload, work

pytestmark = pytest.mark.django_db


def of(register, text):
    return upload(register, BytesIO(text.encode()))


def stopped(organisation, channel="email"):
    addresses = [contact.address(channel) for contact in Contact.objects.order_by("pk")]
    return sorted(stopped_among(addresses, organisation_id=organisation.pk, channel=channel))


# Name → cells → where it goes, and what each of them means.
HABITS = {
    "Mailchimp": ("Status", ["subscribed", "unsubscribed", "cleaned"], "stop.email", ["free", "stop", "stop"]),
    "Mailchimp, when": ("UNSUB_TIME", ["2024-05-01 10:11:12", ""], "stop.email", ["stop"]),
    "American": ("Opted out", ["12/31/2023", "1/25/2024 9:15 AM"], "stop.email", ["stop", "stop"]),
    "Salesforce": ("Email Opt Out", ["1", "0"], "stop.email", ["stop", "free"]),
    "Salesforce, fax": ("Fax Opt Out", ["1", "0"], "new", None),
    "HubSpot": ("Unsubscribed from all email", ["true", ""], "stop.email", ["stop"]),
    "HubSpot, why": ("Email hard bounce reason", ["UNKNOWN_USER", ""], "new", None),
    "CleverReach": ("deactivated", ["2023-01-02 10:00:00", "0000-00-00 00:00:00"], "stop.email", ["stop", "free"]),
    "Brevo": ("EMAIL_BLACKLISTED", ["TRUE", "FALSE"], "stop.email", ["stop", "free"]),
    "Brevo, SMS": ("SMS_BLACKLISTED", ["yes", "no"], "stop.sms", ["stop", "free"]),
    "Finnish": ("Markkinointikielto", ["Kyllä", "Ei"], "stop.both", ["stop", "free"]),
    "Finnish, e-mail": ("Sähköpostikielto", ["x", ""], "stop.email", ["stop"]),
    "German": ("Newsletter abgemeldet", ["ja", "nein"], "stop.email", ["stop", "free"]),
    "MailerLite": ("Status", ["active", "unsubscribed", "unconfirmed"], "stop.email", ["free", "stop", ""]),
    "Do not contact": ("Do not contact", ["1", ""], "stop.both", ["stop"]),
    "Brazilian": ("Não contatar", ["sim", ""], "stop.both", ["stop"]),
    "Norwegian": ("Reservert mot e-post", ["ja", "nei"], "stop.email", ["stop", "free"]),
    "calls": ("Do not call", ["1", "0"], "new", None),
    "post": ("Do not mail", ["1", "0"], "stop.email", ["stop", "free"]),
    "membership": ("Status", ["active", "inactive"], "new", None),
    "consent": ("Newsletter", ["yes", "no"], "new", None),
    "agreed": ("Opt-in time", ["2024-05-01", "2024-05-02"], "new", None),
    "why": ("UNSUB_REASON", ["spam", ""], "new", None),
    "subscribed only, so far": ("Status", ["subscribed", "subscribed"], "stop.email", ["free"]),
    "nobody yet": ("Unsubscribed", ["", ""], "stop.email", []),
    "an event, Finnish": ("Tila", ["vahvistettu", "peruttu"], "new", None),
    "an event, German": ("Status", ["angemeldet", "abgemeldet"], "new", None),
    "food": ("Food", ["spam", "ok"], "new", None),
    "town": ("Bouncetown", ["yes", "no"], "new", None),
}


@pytest.mark.parametrize("whose", HABITS)
def test_they_are_known_by_name_and_by_value(register, whose):
    header, cells, target, means = HABITS[whose]
    batch = of(register, f"E-mail;{header}\n" + "".join(f"p{at}@x.fi;{cell}\n" for at, cell in enumerate(cells)))
    assert batch.mapping[1]["target"] == target
    if means is not None:
        entry = check(batch).mapping[1]
        assert [entry["stop"]["means"][word.casefold()] for word in entry["words"]] == means


@pytest.mark.parametrize(
    ("remark", "heeded"),
    [
        ("KUOLLUT 2019", True), ("husband died 2019", False), ("No e-mail address", False),
        ("EI SAA LÄHETTÄÄ POSTIA", True), ("Vill inte ha: inga brev", True),
        ("Please do not call", True),
        ("Ei saa pähkinää", False), ("osoite vanhentunut?", False), ("No nuts", False),
    ],
)  # fmt: skip
def test_a_remark_among_others_is_pointed_out(remark, heeded):
    assert says_no({"header": "Huom!", "words": ["soita ensin", remark], "samples": [remark]}) is heeded


@pytest.mark.parametrize("header", ["Uudiskiri", "Uutiskirje", "Nyhetsbrev", "Nyhedsbrev", "Рассылка"])
def test_a_no_to_the_newsletter_is_pointed_out(header):
    assert says_no({"header": header, "words": ["jah", "ei"], "samples": ["jah", "ei"]})


def test_where_something_is_about_e_mail_mail_is_the_post(register):
    batch = of(register, "E-mail;Do not mail;Do not email\na@x.fi;1;0\nb@x.fi;0;1\n")
    assert [entry["target"] for entry in batch.mapping] == ["email", "new", "stop.email"]


LIST = (
    "Name;E-mail;Phone;Status;No SMS opt out\n"
    "Aa Aa;a@x.fi;;unsubscribed;\nBb Bb;b@x.fi;0401234567;subscribed;1\n"
    "Cc Cc;c@x.fi;;maybe;\nDd Dd;;0401234568;cleaned;\n"
    "Aa Aa;a@x.fi;;subscribed;\n"
)


@pytest.mark.parametrize("mistakes", ["reject", "skip"])
def test_a_no_is_obeyed_what_is_unclear_left_out_and_an_undo_lifts_it(
    register, organisation, editor, mistakes, monkeypatch
):
    monkeypatch.setattr(running, "CHUNK", 2)
    old = save_contact(register=register, values={"first_name": "B", "email": "b@x.fi"}, source="t")
    batch = check(of(register, LIST), match_by="email,phone", mistakes=mistakes)
    dry, tally = outcome(batch), batch.consents
    assert [status for _number, status, _why in dry] == ["created", "updated", "rejected", "created", "repeated"]
    assert "does not say whether" in dry[2][2][0]
    assert dry[3][2] == ["Not to be written to, but there is no address that could be stopped."]
    page = editor.get(reverse("registers:import_step", args=[batch.pk])).content.decode()
    assert "<strong>Not to be written to: E-mail</strong>: 1 row stops an address. 1 row has no such address." in page
    batch = confirm(batch)
    assert outcome(batch) == dry
    assert batch.consents == tally
    assert (stopped(organisation), stopped(organisation, "sms")) == (["a@x.fi"], ["+358401234567"])
    again = check(of(register, LIST), match_by="email,phone")
    assert [status for _n, status, _why in outcome(again)] == [
        "unchanged", "unchanged", "rejected", "unchanged", "repeated",
    ]  # fmt: skip
    suppress(organisation_id=organisation.pk, channel="email", address="a@x.fi", kind="unsubscribed")
    batch = work(start_undo(batch=batch, user=None))
    assert batch.undo_counts["stops"] == 2
    assert (
        "2 addresses that only the import has stopped"
        in editor.get(reverse("registers:import_step", args=[batch.pk])).content.decode()
    )
    work(confirm_undo(batch=batch, user=None))
    assert list(Contact.objects.values_list("pk", flat=True)) == [old.pk]
    assert list(Suppression.objects.filter(lifted_at=None).values_list("kind", flat=True)) == ["unsubscribed"]


def test_the_address_in_the_register_is_stopped_too_and_nothing_is_ever_freed(register, organisation):
    save_contact(register=register, values={"email": "old@x.fi", "external_id": "7"}, source="t")
    import_text(register, "ID;E-mail;Email opt out\n7;new@x.fi;yes\n", rule="fill")
    assert stopped(organisation) == ["old@x.fi"]
    import_text(register, "ID;E-mail;Email opt out\n7;new@x.fi;no\n")
    assert stopped(organisation) == ["new@x.fi"]


def test_who_has_said_no_is_not_written_to_at_an_address_that_a_list_gives_them(register, organisation, monkeypatch):
    monkeypatch.setattr(running, "CHUNK", 2)
    for who, kind in (("a", "unsubscribed"), ("b", "hard_bounce"), ("c", "unsubscribed"), ("d", "")):
        save_contact(register=register, values={"email": f"{who}@x.fi", "external_id": who}, source="t")
        if kind:
            suppress(organisation_id=organisation.pk, channel="email", address=f"{who}@x.fi", kind=kind)
    rows = "a;a1@x.fi\nb;b1@x.fi\nc;C@x.fi\na;a2@x.fi\nd;d1@x.fi\n"
    batch = check(of(register, f"ID;E-mail\n{rows}"), targets=["external_id", "email"], match_by="external_id")
    dry, tally = outcome(batch), batch.consents
    assert [len(why) for _number, _status, why in dry] == [1, 0, 0, 1, 0]
    assert "a@x.fi any more: a1@x.fi is stopped" in dry[0][2][0]
    assert tally == {"stop.email": {"set": 2}}
    batch = confirm(batch)
    assert [row[:2] for row in outcome(batch)] == [row[:2] for row in dry]
    assert batch.consents == tally
    assert stopped(organisation) == ["a2@x.fi", "c@x.fi"]
    suppress(organisation_id=organisation.pk, channel="email", address="d1@x.fi", kind="unsubscribed")
    work(confirm_undo(batch=work(start_undo(batch=batch, user=None)), user=None))
    assert stopped(organisation) == ["a@x.fi", "b@x.fi", "c@x.fi", "d@x.fi"], "d has said no at the imported address"
    standing = Suppression.objects.filter(lifted_at=None).order_by("pk").values_list("kind", flat=True)
    assert list(standing) == ["unsubscribed", "hard_bounce", "unsubscribed", "unsubscribed", "elsewhere"]


def test_what_another_list_says_no_about_as_well_stays_stopped(register, organisation):
    people = ["a@x.fi;1\nb@x.fi;1", "B@x.fi;1"]
    lists = [import_text(register, f"E-mail;Email opt out\n{rows}\n") for rows in people]
    for batch, left in zip(lists, (["b@x.fi"], ["b@x.fi"]), strict=True):
        work(confirm_undo(batch=work(start_undo(batch=batch, user=None)), user=None))
        addresses = ["a@x.fi", "b@x.fi"]
        assert sorted(stopped_among(addresses, organisation_id=organisation.pk, channel="email")) == left


def test_the_page_of_the_columns_asks_and_warns(register, editor, organisation):
    batch = of(register, "E-mail;Do not call;Tila\na@x.fi;1;tilannut\nb@x.fi;;perunut\nc@x.fi;;odottaa\n")
    step = reverse("registers:import_step", args=[batch.pk])
    page = editor.get(step).content.decode()
    looked = AccessLog.objects.get(action="list")
    assert (looked.subject, looked.count) == (f"import:{batch.pk}", 3), "examples are people's data as well"
    assert page.count("data-mapping-unheeded>") == 1
    assert page.count("data-mapping-unheeded hidden>") == 1
    form = {"target": ["email", "new", "stop.email"], "type": ["text"] * 3, "rule": "overwrite", "mistakes": "reject"}
    form |= {"match_by": "email", "stops-1": [""], "stops-2": ["free", "stop"]}
    assert editor.post(step, form).status_code == 422
    editor.post(step, form | {"stops-2": ["free", "stop", "stop"]})
    batch = work(batch)
    assert "In “Do not call” some have said no, it seems" in editor.get(step).content.decode()
    confirm(batch)
    assert stopped(organisation) == ["b@x.fi", "c@x.fi"]
    assert (
        "data-mapping-unheeded>"
        in editor.get(
            reverse("registers:import_step", args=[of(register, "E-mail;Do not call\nd@x.fi;1\n").pk])
        ).content.decode()
    )  # the column is there by now
    again = of(register, "E-mail;Do not call;Tila\nd@x.fi;;odottaa\n")
    assert again.mapping[2]["stop"]["means"]["odottaa"] == "stop"
    confirm(check(again))
    assert stopped(organisation) == ["b@x.fi", "c@x.fi", "d@x.fi"]


def test_several_columns_may_stop_and_no_stranger_target_goes(register, organisation):
    import_text(register, "E-mail;Bounced;Unsubscribed\na@x.fi;1;\nb@x.fi;;1\nc@x.fi;0;0\n")
    assert stopped(organisation) == ["a@x.fi", "b@x.fi"]
    with pytest.raises(ValidationError):
        check(of(register, "E-mail;X\na@x.fi;1\n"), targets=["email", "stop.letter"])
