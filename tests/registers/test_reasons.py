"""Why people are in a register and where from, said by a click, found again, and shown on one page."""

import datetime as dt

import pytest

from registers.absences import set_absence, today
from registers.consents import record_consent
from registers.contacts import save_contact
from registers.duplicates.merging import merge
from registers.duplicates.undoing import undo_merge
from registers.models import Activity, Contact, ContactReason, Export, Purpose, Reason, RegisterPurpose, Segment
from registers.reasons import give_reason
from registers.suppression import suppress
from tests.registers.addresses import url
from tests.registers.changing import confirm_what_is_shown


@pytest.fixture
def aino(register):
    return save_contact(register=register, values={"first_name": "Aino", "email": "aino@example.fi"}, source="Fair")


@pytest.fixture
def bo(register):
    return save_contact(register=register, values={"first_name": "Bo", "email": "bo@example.fi"}, source="Fair")


@pytest.fixture
def donor(organisation):
    return Reason.objects.create(name="Donor")


def test_owners_keep_the_vocabulary(owner, editor, aino):
    assert editor.post(url("reasons"), {"start": "association"}).status_code in (302, 403)
    assert not Reason.objects.exists()
    owner.post(url("reasons"), {"start": "association"})
    owner.post(url("reasons"), {"start": "company"})
    words = {word.name: word.pk for word in Reason.objects.all()}
    assert len(words) == 10
    give_reason(contacts=[aino.pk], reason=Reason.objects.get(name="Donor"))
    data = {f"name-{pk}": name for name, pk in words.items()}
    # Two change places, one is retired, one goes, one comes.
    data |= {f"name-{words['Press']}": "Partner", f"name-{words['Partner']}": "Press", "new": "Neighbour"}
    data |= {f"retired-{words['Donor']}": "on", f"name-{words['Supplier']}": ""}
    owner.post(url("reasons"), data)
    assert Reason.objects.get(pk=words["Press"]).name == "Partner"
    assert Reason.objects.get(pk=words["Donor"]).retired
    assert not Reason.objects.filter(name="Supplier").exists()
    page = editor.get(url("contact", aino)).content.decode()
    assert "Donor" in page
    assert "Neighbour" in page
    refused = owner.post(url("reasons"), {**data, f"name-{words['Donor']}": "", "new": ""})
    assert refused.status_code == 422
    assert b"retire it" in refused.content


def test_a_click_gives_and_takes_a_reason(aino, donor, editor, viewer):
    assert b"Add reason" not in viewer.get(url("contact", aino)).content
    viewer.post(url("contact_reason", aino), {"give": donor.pk})
    assert not ContactReason.objects.exists()
    editor.post(url("contact_reason", aino), {"give": donor.pk})
    editor.post(url("contact_reason", aino), {"give": donor.pk})
    assert ContactReason.objects.get().contact == aino
    editor.post(url("contact_reason", aino), {"take": donor.pk})
    assert not ContactReason.objects.exists()
    kinds = Activity.objects.filter(kind__startswith="reason").order_by("pk").values_list("kind", flat=True)
    assert list(kinds) == ["reason_given", "reason_taken"]


def test_a_click_says_where_the_data_are_from(aino, bo, editor):
    Contact.objects.filter(pk=bo.pk).update(source="Own website")
    assert "Own website" in editor.get(url("contact_source", aino)).content.decode()
    editor.post(url("contact_source", aino), {"source": "Own website"})
    aino.refresh_from_db()
    assert aino.source == "Own website"
    assert editor.post(url("contact_source", aino), {"source": " "}).status_code == 422


def test_many_at_once(aino, bo, donor, editor, register):
    ticked = {"contact": [aino.pk, bo.pk]}
    change = editor.post(url("bulk", register), {**ticked, "act": "source"})["Location"]
    editor.post(change, {"column": "source", "does": "set", "value": "Fair in May"})
    confirm_what_is_shown(editor, change)
    assert set(Contact.objects.values_list("source", flat=True)) == {"Fair in May"}
    reason = {**ticked, "act": "reason", "confirmed": 1, "reason": donor.pk}
    editor.post(url("bulk", register), {**reason, "does": "give"})
    assert ContactReason.objects.count() == 2
    editor.post(url("bulk", register), {**reason, "contact": [bo.pk], "does": "take"})
    assert ContactReason.objects.get().contact == aino
    listed = editor.get(url("contacts", register), {"reason": donor.pk})
    assert list(listed.context["object_list"]) == [aino]


@pytest.mark.parametrize(
    ("op", "value", "names"), [("is", "donor", ["Aino"]), ("not_is", "Donor", ["Bo"]), ("any", "", ["Aino"])]
)
def test_a_segment_asks_for_it(aino, bo, donor, register, op, value, names):
    give_reason(contacts=[aino.pk], reason=donor)
    rule = {"match": "all", "conditions": [{"column": "about:reason", "op": op, "value": value}]}
    assert [contact.first_name for contact in Segment(register=register, rule=rule).contacts()] == names


@pytest.mark.parametrize("both", [False, True])
def test_it_follows_a_merge_and_comes_back(aino, bo, donor, both):
    give_reason(contacts=[bo.pk, *([aino.pk] if both else [])], reason=donor)
    before = list(ContactReason.objects.order_by("pk").values())
    record = merge(keep=aino.pk, contacts=[aino.pk, bo.pk])
    assert ContactReason.objects.get().contact_id == aino.pk
    undo_merge(record=record)
    assert list(ContactReason.objects.order_by("pk").values()) == before


def test_one_page_says_why_somebody_may_be_kept(aino, donor, register, editor, viewer, stranger):
    news = Purpose.objects.create(name="Newsletter")
    RegisterPurpose.objects.create(register=register, purpose=news, legal_basis="contract", retention="Five years")
    register.privacy_notice = "We keep you for the choir."
    register.save()
    give_reason(contacts=[aino.pk], reason=donor)
    record_consent(contact=aino, purpose=news, channel="email", granted=False, how="On the phone", text="No more")
    suppress(organisation_id=aino.organisation_id, channel="email", address=aino.email, kind="hard_bounce")
    set_absence(contacts=[aino.pk], until=today() + dt.timedelta(days=9))
    Export.objects.create(register=register, purpose="Labels", subject="All", format="csv", count=1)
    editor.get(url("contact", aino))
    page = " ".join(viewer.get(url("contact_basis", aino)).content.decode().split())
    for words in (
        "Fair",
        "Donor",
        "Needed for what we have agreed",
        "Five years",
        "Withdrawn",
        "E-mail: Withdrew consent (Newsletter)",
        "On leave until",
        "No more",
        "Address does not exist",
        "We keep you for the choir.",
        "Labels",
        "Looked at 2 times",
        "by 2 of the team",
    ):
        assert words in page, words
    assert stranger.get(url("contact_basis", aino)).status_code == 404


def test_lists_show_that_consent_was_withdrawn(aino, register, editor):
    news = Purpose.objects.create(name="Newsletter")
    record_consent(contact=aino, purpose=news, channel="email", granted=False, how="On the phone")
    assert "Withdrew consent (Newsletter)" in editor.get(url("contacts", register)).content.decode()
    record_consent(contact=aino, purpose=news, channel="email", granted=True, how="On the phone")
    assert "Withdrew consent" not in editor.get(url("contacts", register)).content.decode()
