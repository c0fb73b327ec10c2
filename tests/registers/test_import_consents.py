"""Columns of a file that say what people agreed to: weighed, counted, written as acts, and out again with the undo."""

import datetime as dt
import io
import random

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from registers.books import create_register
from registers.consents import newest_acts, newest_by_address, record_consent
from registers.contacts import save_contact
from registers.duplicates.merging import merge
from registers.duplicates.undoing import undo_merge
from registers.imports import running
from registers.imports.consent_cells import ConsentChoices, ConsentWords, consent_key
from registers.imports.undoing import confirm_undo, start_undo
from registers.models import Activity, Consent, Contact, Import, MergeRecord, Purpose
from registers.segments import compile_rule
from tests.registers.importing import check, confirm, outcome, upload, work

LONG_AGO = dt.datetime(2020, 5, 3, 14, tzinfo=dt.UTC)


@pytest.fixture
def club(organisation, settings, tmp_path):
    settings.PRIVATE_DIR = tmp_path
    return create_register(name="Club", purposes=["Newsletter"])


@pytest.fixture
def news(club):
    purpose = Purpose.objects.get()
    Purpose.objects.update(description="News once a month.")
    purpose.refresh_from_db()
    return purpose


def person(club, letter):
    return save_contact(register=club, values={"email": f"{letter}@example.fi"}, source="t")


def said(contact, purpose, granted, at=LONG_AGO, channel="email"):
    act = record_consent(contact=contact, purpose=purpose, channel=channel, granted=granted, how="by hand")
    Consent.objects.filter(pk=act.pk).update(at=at)
    return act


def checked(club, text, **choices):
    return check(upload(club, io.BytesIO(text.encode())), **choices)


def standing():
    """What counts of each person: asked of the newest row, and of the newest act."""
    newest = {act.contact.email[0]: act.granted for act in newest_acts(Contact.objects.values_list("pk", flat=True))}
    acts = Consent.objects.order_by("at", "pk")
    assert newest == {act.contact.email[0]: act.granted for act in acts}
    return newest


def undo(batch):
    work(start_undo(batch=batch, user=None))
    return work(confirm_undo(batch=batch, user=None))


FILE = "email;Newsletter\na@example.fi;x\nb@example.fi;ei\nc@example.fi;\nd@example.fi;ja\n"


def test_a_column_named_like_a_purpose_is_taken_for_its_consents(club, news):
    batch = upload(club, io.BytesIO(b"email;SMS newsletter;Newsletter permission;Other\na@example.fi;x;no;yes\n"))
    sms, email = consent_key(news.pk, "sms"), consent_key(news.pk, "email")
    assert [entry["target"] for entry in batch.mapping] == ["email", sms, email, "new"]


def test_consents_are_counted_then_written_with_where_they_are_from(club, news, editor):
    batch = checked(club, FILE, consent_words=ConsentWords(how="on paper"))
    key = consent_key(news.pk, "email")
    assert batch.consents == {key: {"given": 2, "withdrawn": 1}}
    assert not Consent.objects.exists()
    page = editor.get(reverse("registers:import_step", args=[batch.pk])).content.decode()
    assert "Consent: Newsletter (E-mail)" in page
    before = outcome(batch)
    batch = confirm(batch)
    assert (outcome(batch), batch.consents) == (before, {key: {"given": 2, "withdrawn": 1}})
    assert standing() == {"a": True, "b": False, "d": True}
    act = Consent.objects.earliest("pk")
    assert (act.how, act.text, act.at) == ("on paper (people.csv)", "News once a month.", batch.created_at)
    kinds = Activity.objects.filter(kind__startswith="consent").values_list("contact__email", "kind")
    assert sorted(kinds) == [
        ("a@example.fi", "consent_granted"),
        ("b@example.fi", "consent_withdrawn"),
        ("d@example.fi", "consent_granted"),
    ]
    given = compile_rule(
        {"match": "all", "conditions": [{"column": "consent", "op": "given", "value": f"{news.pk}:email"}]}, club
    )
    assert {contact.email[0] for contact in Contact.objects.filter(given)} == {"a", "d"}


def test_the_same_file_again_writes_nothing(club, news):
    confirm(checked(club, FILE))
    again = checked(club, FILE)
    assert [status for _number, status, _reasons in outcome(again)] == ["unchanged"] * 4
    assert again.consents == {consent_key(news.pk, "email"): {"known": 3}}
    confirm(again)
    assert Consent.objects.count() == 3


@pytest.mark.parametrize(
    ("before", "cells", "after", "verdict"),
    [
        (False, "yes;", False, "kept"),  # nobody knows since when
        (False, "yes;2.5.2020", False, "kept"),
        (False, "yes;3.5.2020", False, "kept"),  # of one day the no
        (False, "yes;4.5.2020", True, "given"),
        (False, "no;3.5.2020", False, "known"),
        (False, "no;4.5.2020", False, "withdrawn"),  # said again: a yes from in between must not outweigh it
        (False, "no;", False, "known"),
        (True, "no;", False, "withdrawn"),
        (True, "no;2.5.2020", True, "kept"),
        (True, "no;3.5.2020", False, "withdrawn"),
        (True, "yes;4.5.2020", True, "known"),
        (None, "yes;", True, "given"),
        (None, "no;1.1.2019", False, "withdrawn"),
    ],
)
def test_of_a_yes_and_a_no_the_newer_counts_and_of_one_day_the_no(club, news, before, cells, after, verdict):
    aino = person(club, "a")
    if before is not None:
        said(aino, news, before)
    key = consent_key(news.pk, "email")
    batch = checked(
        club,
        f"email;Newsletter;day\na@example.fi;{cells}\n",
        targets=["email", key, ""],
        consents={1: ConsentChoices(since="day")},
    )
    dry = outcome(batch)
    is_new = verdict in ("given", "withdrawn")
    assert batch.consents == {key: {verdict: 1}}
    assert (dry[0][1], bool(dry[0][2])) == ("updated" if is_new else "unchanged", verdict == "kept")
    batch = confirm(batch)
    assert (batch.consents, outcome(batch)) == ({key: {verdict: 1}}, dry)
    assert standing() == {"a": after}
    assert newest_by_address(["a@example.fi"], purpose_id=news.pk, channel="email") == {"a@example.fi": after}


def test_a_no_of_the_same_address_in_another_register_stands(club, news):
    other = create_register(name="Other")
    said(person(other, "a"), news, False)
    batch = checked(club, "email;Newsletter\nA@Example.fi;yes\nb@example.fi;yes\n")
    assert batch.consents == {consent_key(news.pk, "email"): {"kept": 1, "given": 1}}
    dry = outcome(batch)
    assert "no of 3 May 2020 stands" in dry[0][2][0]
    assert outcome(confirm(batch)) == dry
    assert newest_by_address(["a@example.fi"], purpose_id=news.pk, channel="email") == {"a@example.fi": False}


def test_a_yes_from_before_the_newest_no_does_not_outweigh_it(club, news):
    said(person(club, "a"), news, False)
    for cells in ("no;1.1.2024", "yes;1.1.2022"):
        text = f"email;Newsletter;day\na@example.fi;{cells}\n"
        targets = ["email", consent_key(news.pk, "email"), ""]
        batch = confirm(checked(club, text, targets=targets, consents={1: ConsentChoices(since="day")}))
    assert "the no of 1 January 2024 stands" in outcome(batch)[0][2][0]
    assert standing() == {"a": False}


@pytest.mark.parametrize("chunk", [1, 5_000])
def test_of_two_at_one_address_in_a_file_the_no_stands(club, news, monkeypatch, chunk):
    monkeypatch.setattr(running, "CHUNK", chunk)
    monkeypatch.setattr(running, "SECONDS_PER_JOB", -1.0)
    rows = ("a@example.fi;1;no;", "A@example.fi;2;yes;", "a@example.fi;3;yes;", "b@example.fi;4;yes;")
    batch = upload(club, io.BytesIO("\n".join(["email;id;Newsletter;day", *rows]).encode()))
    key = consent_key(news.pk, "email")
    targets = ["email", "external_id", key, ""]
    batch = check(batch, targets=targets, match_by="external_id", consents={2: ConsentChoices(since="")})
    while batch.is_working:
        batch = work(batch)
    assert batch.consents == {key: {"withdrawn": 1, "kept": 2, "given": 1}}
    dry = outcome(batch)
    batch = confirm(batch)
    while batch.is_working:
        batch = work(batch)
    assert (outcome(batch), batch.consents) == (dry, {key: {"withdrawn": 1, "kept": 2, "given": 1}})
    found = newest_by_address(["a@example.fi", "b@example.fi"], purpose_id=news.pk, channel="email")
    assert found == {"a@example.fi": False, "b@example.fi": True}


def test_values_are_given_their_meaning_and_others_are_mistakes(club, news, editor):
    text = "email;Newsletter\na@example.fi;Opt-in\nb@example.fi;Opt-out\nc@example.fi;maybe\nd@example.fi;nej\n"
    key = consent_key(news.pk, "email")
    batch = upload(club, io.BytesIO(text.encode()))
    assert batch.mapping[1]["target"] == "stop.email"  # the safest reading, until somebody decides
    url = reverse("registers:import_step", args=[batch.pk])
    assert "Opt-in" in editor.get(url).content.decode()
    data = {"target": ["email", key], "type": ["text"] * 2, "match_by": "email", "rule": "overwrite"}
    data |= {"mistakes": "reject", "means-1": ["yes", "no", "", "no"], "since-1": ""}
    assert editor.post(url, {**data, "means-1": ["", "", "", ""]}).status_code == 422
    assert editor.post(url, {**data, "since-1": "nowhere"}).status_code == 422
    assert editor.post(url, {**data, "consent_day": "2150-01-01"}).status_code == 422
    assert editor.post(url, {**data, "target": ["email", "consent.9.email"]}).status_code == 422
    assert editor.post(url, {**data, "target": ["email", f"consent.{news.pk}.pigeon"]}).status_code == 422
    assert editor.post(url, data).status_code == 302
    batch = work(batch)
    assert [status for _number, status, _reasons in outcome(batch)] == ["created", "created", "rejected", "created"]
    assert "“maybe” is neither yes nor no" in outcome(batch)[2][2][0]
    work_on = editor.post(reverse("registers:import_confirm", args=[batch.pk]))
    assert work_on.status_code == 302
    work(batch)
    assert standing() == {"a": True, "b": False, "d": False}
    # The next file with these headers comes as this one was.
    again = upload(club, io.BytesIO(b"Email;Newsletter\nx@example.fi;opt-out\ny@example.fi;opt-in\n"))
    assert again.mapping[1]["target"] == key
    confirm(check(again))
    assert standing() | {"x": False, "y": True} == standing()


def test_what_cannot_be_consents_is_said(club, news):
    many = "email;name\n" + "".join(f"p{n}@example.fi;Name {n}\n" for n in range(20))
    with pytest.raises(ValidationError, match="too many different values"):
        checked(club, many, targets=["email", consent_key(news.pk, "email")])
    twice = ["email", *[consent_key(news.pk, "email")] * 2]
    with pytest.raises(ValidationError, match="More than one column of the file goes to: Consent: Newsletter"):
        checked(club, "email;a;b\na@example.fi;x;x\n", targets=twice)
    batch = upload(club, io.BytesIO(FILE.encode()))
    Purpose.objects.all().delete()
    with pytest.raises(ValidationError, match="not there any more"):
        check(batch)


def test_a_day_to_come_is_a_mistake(club, news):
    batch = checked(
        club,
        "email;Newsletter;day\na@example.fi;x;1.1.2150\nb@example.fi;x;99.99.2020\nc@example.fi;;99.99.2020\n",
        targets=["email", consent_key(news.pk, "email"), ""],
        consents={1: ConsentChoices(since="day")},
    )
    assert [status for _number, status, _reasons in outcome(batch)] == ["rejected", "rejected", "created"]


def test_a_purpose_deleted_since_the_check_is_left_alone(club, news):
    batch = checked(club, FILE)
    Purpose.objects.all().delete()
    batch = confirm(batch)
    assert batch.state == Import.State.DONE
    assert not Consent.objects.exists()
    assert batch.consents == {consent_key(news.pk, "email"): {"kept": 3}}


def test_an_undo_takes_out_what_only_the_file_said(club, news, editor):
    before = {letter: person(club, letter) for letter in "abe"}
    said(before["a"], news, True)
    first = Consent.objects.get().pk
    batch = confirm(
        checked(club, "email;Newsletter\na@example.fi;no\nb@example.fi;yes\nc@example.fi;yes\nf@example.fi;yes\n")
    )
    said(before["b"], news, False, at=timezone.now())
    said(Contact.objects.get(email="f@example.fi"), news, True, at=timezone.now())
    batch = work(start_undo(batch=batch, user=None))
    assert batch.undo_counts == {"restored": 2, "deleted": 1, "kept_new": 1, "consents": 3}
    page = editor.get(reverse("registers:import_step", args=[batch.pk])).content.decode()
    assert "3 consents and withdrawals from the file are taken out again" in page
    work(confirm_undo(batch=batch, user=None))
    assert standing() == {"a": True, "b": False, "f": True}
    assert list(Consent.objects.filter(contact=before["a"]).values_list("pk", flat=True)) == [first]
    assert Consent.objects.filter(made_by=batch).count() == 1  # of the one who stays


def test_consents_survive_a_merge_and_its_undo_the_strictest_counting(club, news):
    aino, bo = person(club, "a"), person(club, "b")
    said(bo, news, False)
    # Written later, said earlier.
    confirm(checked(club, "email;Newsletter\na@example.fi;yes\n", consent_words=ConsentWords(day="2019-01-01")))
    acts = list(Consent.objects.order_by("pk").values())
    merge(keep=aino.pk, contacts=[aino.pk, bo.pk])
    assert standing() == {"a": False}
    undo_merge(record=MergeRecord.objects.get())
    assert list(Consent.objects.order_by("pk").values()) == acts


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("match_by", ["email", "email,external_id"])
def test_whatever_stands_in_the_file_the_check_says_what_happens(club, news, monkeypatch, seed, match_by):
    monkeypatch.setattr(running, "CHUNK", 7)
    monkeypatch.setattr(running, "SECONDS_PER_JOB", -1.0)
    chance = random.Random(seed)
    other = create_register(name="Other")
    for letter in "abcdef":
        for register in (club, other):
            if chance.random() < 0.5:
                who = person(register, letter)
                for at in sorted(chance.sample(range(1, 6), chance.randint(0, 2))):
                    said(who, news, chance.random() < 0.5, at=dt.datetime(2020, 5, at, 23, tzinfo=dt.UTC))
    acts = list(Consent.objects.order_by("pk").values())
    days = ["", *(f"{day}.5.2020" for day in range(1, 8))]
    cells = [("abcdefgh", ["x", "no", ""], days) for _row in range(20)]
    lines = ["{}@example.fi;;{};{}".format(*map(chance.choice, row)) for row in cells]
    batch = upload(club, io.BytesIO("\n".join(["email;id;Newsletter;day", *lines]).encode()))
    batch = check(
        batch,
        targets=["email", "external_id", consent_key(news.pk, "email"), ""],
        match_by=match_by,
        consents={2: ConsentChoices(since="day")},
    )
    while batch.is_working:
        batch = work(batch)
    dry = outcome(batch), batch.consents
    batch = confirm(batch)
    while batch.is_working:
        batch = work(batch)
    assert (outcome(batch), batch.consents) == dry
    counts = batch.consents.get(consent_key(news.pk, "email"), {})
    assert Consent.objects.filter(made_by=batch).count() == counts.get("given", 0) + counts.get("withdrawn", 0)
    newest = {act.contact_id: act.granted for act in newest_acts(Contact.objects.values_list("pk", flat=True))}
    assert newest == {act.contact_id: act.granted for act in Consent.objects.order_by("at", "pk")}
    undo_batch = start_undo(batch=batch, user=None)
    while (undo_batch := work(undo_batch)).undo == Import.Undo.CHECKING:
        pass
    undo_batch = confirm_undo(batch=undo_batch, user=None)
    while (undo_batch := work(undo_batch)).undo == Import.Undo.RUNNING:
        pass
    assert list(Consent.objects.order_by("pk").values()) == acts
