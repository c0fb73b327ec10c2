"""Merging loses nothing, and taking it back gives what was there before."""

import datetime as dt

import pytest
from django.db import connection
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from registers.activity import record
from registers.consents import record_consent
from registers.contacts import delete_contacts, save_contact
from registers.duplicates import rows
from registers.duplicates.former import present_id
from registers.duplicates.merging import AlreadyMerged, MergeRefused, merge
from registers.duplicates.searching import say_not_same
from registers.duplicates.undoing import undo_merge
from registers.memberships import add_to_group
from registers.models import (
    Activity,
    Consent,
    Contact,
    FormerContact,
    Group,
    GroupMembership,
    Import,
    ImportChange,
    MergeRecord,
    NotSame,
    Purpose,
)
from registers.suppression import suppress, suppressed

OWN_KINDS = ("merged", "unmerged")


@pytest.fixture
def add(register):
    def add(first="", last="", **values):
        names = {"first_name": first, "last_name": last}
        return save_contact(register=register, values=names | values, source="test", match_email=False)

    return add


@pytest.fixture
def pair(add):
    return add("Anna", "Ek", email="anna@example.fi"), add("A.", "Ek", phone="+358401234567", city="Turku")


def everything():
    """Every row that the merge could touch, as it stands in the database."""
    with connection.cursor() as cursor:
        found = {}
        for table in ("contact", "groupmembership", "consent", "activity", "notsame", "formercontact", "suppression"):
            cursor.execute(f"SELECT to_jsonb(t)::text FROM registers_{table} AS t ORDER BY t.id")
            found[table] = [
                text for (text,) in cursor.fetchall() if not any(f'"kind": "{k}"' in text for k in OWN_KINDS)
            ]
    return found


def test_every_table_that_points_at_contacts_is_known_to_move():
    links = {f"{link.model._meta.label}.{link.field.name}" for link in rows.links_to(Contact)}
    assert {"registers.Activity.contact", "mailer.EmailMessage.contact", "sites.Registration.contact"} <= links
    assert {"sites.Submission.contact", "registers.Consent.contact", "registers.FormerContact.contact"} <= links


def test_columns_are_as_chosen_and_else_the_fullest(pair, add):
    anna, short = pair
    third = add("Anna", "Ek-Berg", email="new@example.fi", **{"attributes.interests": "musiikki"})
    save_contact(register=anna.register, contact=anna, values={"attributes.interests": "lapset"}, source="test")
    record = merge(
        keep=anna.pk, contacts=[anna.pk, short.pk, third.pk], choices={"email": anna.pk, "last_name": third.pk}
    )
    kept = Contact.objects.get()
    assert (kept.pk, kept.first_name, kept.last_name) == (anna.pk, "Anna", "Ek-Berg")
    assert (kept.email, kept.email_key, kept.phone, kept.city) == (
        "anna@example.fi", "anna@example.fi", "+358401234567", "Turku",
    )  # fmt: skip
    assert sorted(kept.attributes["interests"]) == ["lapset", "musiikki"]
    assert kept.sort_key.startswith("ek-berg")
    assert record.merged == [short.pk, third.pk]
    told = Activity.objects.get(contact=kept, kind="merged").data
    assert told["left_out"]["E-mail"] == ["new@example.fi"]


def test_what_the_one_that_stays_gave_up_stands_on_its_timeline_as_well(pair):
    anna, short = pair
    save_contact(register=short.register, contact=short, values={"email": "a@example.fi"}, source="test")
    merge(keep=anna.pk, contacts=[anna.pk, short.pk], choices={"email": short.pk})
    told = Activity.objects.get(kind="merged").data["left_out"]
    assert told == {"First name": ["A."], "E-mail": ["anna@example.fi"]}


def test_of_who_was_merged_nothing_is_told_once_they_are_apart_again_and_erased(pair):
    anna, short = pair
    undo_merge(record=merge(keep=anna.pk, contacts=[anna.pk, short.pk]))
    delete_contacts(register=anna.register, contacts=[short.pk])
    assert "A." not in str(Activity.objects.filter(contact=anna).values_list("data", flat=True))


@pytest.mark.parametrize(
    ("names", "suggested"),
    [
        (["Anna Tuominen", "Anna Tuominenn", "Anna Tuominen"], "Anna Tuominen"),
        (["Anna Ek", "Anna Ek", "Anna Maria Ek"], "Anna Maria Ek"),
        (["A. Ek", "A. Ek", "Anna Ek"], "Anna Ek"),
    ],
)
def test_of_names_the_fullest_is_suggested_and_not_the_longest_slip(add, names, suggested):
    contacts = [add(*name.rsplit(" ", 1)) for name in names]
    merge(keep=contacts[0].pk, contacts=[contact.pk for contact in contacts])
    assert str(Contact.objects.get()) == suggested


def test_groups_are_united_with_the_earliest_day(register, pair):
    anna, short = pair
    both, one = (Group.objects.create(register=register, name=name) for name in ("Both", "One"))
    add_to_group(group=both, contacts=[anna.pk, short.pk])
    add_to_group(group=one, contacts=[short.pk])
    early = dt.datetime(2020, 1, 1, tzinfo=dt.UTC)
    GroupMembership.objects.filter(group=both, contact=short).update(added_at=early)
    before = everything()
    record = merge(keep=anna.pk, contacts=[anna.pk, short.pk])
    assert set(GroupMembership.objects.values_list("group__name", "contact")) == {("Both", anna.pk), ("One", anna.pk)}
    assert GroupMembership.objects.get(group=both).added_at == early
    undo_merge(record=record)
    assert everything() == before


@pytest.mark.parametrize("withdrawn_first", [True, False])
def test_of_two_consents_the_stricter_holds_and_all_acts_are_kept(pair, withdrawn_first):
    anna, short = pair
    news = Purpose.objects.create(name="News")
    acts = [(anna, not withdrawn_first), (short, withdrawn_first)]
    for contact, granted in acts:
        record_consent(contact=contact, purpose=news, channel="email", granted=granted, how="form")
    before = everything()
    record = merge(keep=anna.pk, contacts=[anna.pk, short.pk])
    found = list(Consent.objects.filter(contact=anna))
    assert found[0].granted is False
    assert len(found) == (3 if withdrawn_first else 2)
    undo_merge(record=record)
    assert everything() == before


def test_addresses_that_must_not_be_written_to_stay_so(organisation, pair):
    anna, short = pair
    suppress(organisation_id=organisation.pk, channel="sms", address=short.phone, kind="stop", source="x")
    merge(keep=anna.pk, contacts=[anna.pk, short.pk])
    assert suppressed(organisation_id=organisation.pk, channel="sms", addresses=[short.phone])


def test_who_said_no_at_one_address_is_not_written_to_at_the_one_that_stays(organisation, add):
    anna, other = add("Anna", "Ek", email="anna@example.fi"), add("Anna", "Ek", email="ek@example.fi")

    def stops(kind, address="ek@example.fi"):
        suppress(organisation_id=organisation.pk, channel="email", address=address, kind=kind, source="x")
        before = everything()
        record = merge(keep=anna.pk, contacts=[anna.pk, other.pk], choices={"email": anna.pk})
        found = suppressed(organisation_id=organisation.pk, channel="email", addresses=["anna@example.fi"])
        assert undo_merge(record=record) == []
        assert everything() == before
        return found.get("anna@example.fi", set())

    assert stops("hard_bounce") == set()
    assert stops("unsubscribed") == {"elsewhere"}
    assert stops("unsubscribed", "anna@example.fi") == {"unsubscribed"}


def test_a_no_that_was_said_by_hand_since_outlives_the_undo(organisation, add, editor):
    anna, other = add("Anna", "Ek", email="anna@example.fi"), add("Anna", "Ek", email="ek@example.fi")
    suppress(organisation_id=organisation.pk, channel="email", address=other.email, kind="unsubscribed", source="x")
    record = merge(keep=anna.pk, contacts=[anna.pk, other.pk], choices={"email": anna.pk})
    editor.post(reverse("registers:suppressions"), {"channel": "email", "address": anna.email, "act": "stop"})
    undo_merge(record=record)
    found = suppressed(organisation_id=organisation.pk, channel="email", addresses=[anna.email])
    assert found == {anna.email: {"manual"}}


def test_links_sent_to_the_merged_contact_lead_to_the_one_that_stays(pair, add):
    anna, short = pair
    third = add("Anna", "Ek")
    first = merge(keep=anna.pk, contacts=[anna.pk, short.pk])
    second = merge(keep=third.pk, contacts=[anna.pk, third.pk])
    assert present_id(short.pk) == present_id(anna.pk) == present_id(third.pk) == third.pk
    with pytest.raises(MergeRefused, match="later merge"):
        undo_merge(record=first)
    undo_merge(record=second)
    assert (present_id(short.pk), present_id(anna.pk)) == (anna.pk, anna.pk)
    undo_merge(record=first)
    assert present_id(short.pk) == short.pk
    assert FormerContact.objects.count() == 0


def test_who_was_told_apart_stays_apart(pair, add):
    anna, short = pair
    other = add("Anna", "Ek")
    say_not_same(contacts=[short, other], user=None)
    before = everything()
    record = merge(keep=anna.pk, contacts=[anna.pk, short.pk])
    assert set(NotSame.objects.values_list("low", "high")) == {(anna.pk, other.pk)}
    undo_merge(record=record)
    assert everything() == before


def test_what_was_changed_since_stays_and_is_said(register, pair):
    anna, short = pair
    record = merge(keep=anna.pk, contacts=[anna.pk, short.pk])
    kept = save_contact(register=register, contact=Contact.objects.get(), values={"city": "Oulu"}, source="test")
    late = record_activity(kept)
    notes = undo_merge(record=record)
    anna.refresh_from_db()
    assert any("City" in note for note in notes)
    assert (anna.city, anna.phone, Contact.objects.get(pk=short.pk).city) == ("Oulu", "", "Turku")
    assert Activity.objects.get(pk=late).contact_id == anna.pk


def record_activity(contact):
    record(contact=contact, kind="note", data={"text": "rang"})
    return Activity.objects.filter(contact=contact, kind="note").latest("pk").pk


def test_an_external_id_that_somebody_took_meanwhile_is_said(register, add):
    one, two = add("Anna", "Ek", external_id="1"), add("Anna", "Ek", external_id="2")
    record = merge(keep=one.pk, contacts=[one.pk, two.pk])
    add("Bo", "Ek", external_id="2")
    notes = undo_merge(record=record)
    assert any("2" in note for note in notes)
    assert Contact.objects.get(pk=two.pk).external_id == ""


def test_a_group_that_was_deleted_meanwhile_is_said(register, pair):
    anna, short = pair
    group = Group.objects.create(register=register, name="G")
    add_to_group(group=group, contacts=[anna.pk, short.pk])
    record = merge(keep=anna.pk, contacts=[anna.pk, short.pk])
    group.delete()
    assert undo_merge(record=record)
    assert Contact.objects.count() == 2


def test_merging_twice_is_told_and_changes_nothing(pair, add):
    anna, short = pair
    third = add("Anna", "Ek")
    merge(keep=anna.pk, contacts=[anna.pk, short.pk])
    with pytest.raises(AlreadyMerged):
        merge(keep=anna.pk, contacts=[anna.pk, short.pk])
    with pytest.raises(MergeRefused, match="deleted or merged"):
        merge(keep=third.pk, contacts=[short.pk, third.pk])
    assert MergeRecord.objects.count() == 1


def test_what_was_not_looked_at_is_not_merged(register, pair):
    anna, short = pair
    seen = rows.fingerprint([anna.pk, short.pk])
    save_contact(register=register, contact=short, values={"city": "Oulu"}, source="test")
    with pytest.raises(MergeRefused, match="changed meanwhile"):
        merge(keep=anna.pk, contacts=[anna.pk, short.pk], seen=seen)
    assert Contact.objects.count() == 2


def test_erasing_the_contact_erases_what_the_merge_kept(register, pair):
    anna, short = pair
    merge(keep=anna.pk, contacts=[anna.pk, short.pk])
    delete_contacts(register=register, contacts=[anna.pk])
    assert not MergeRecord.objects.exists()
    assert not FormerContact.objects.exists()
    assert everything()["contact"] == []


def test_after_a_month_a_merge_stands(pair):
    from registers.duplicates.sweeps import forget_old_merges

    anna, short = pair
    record = merge(keep=anna.pk, contacts=[anna.pk, short.pk])
    MergeRecord.objects.update(created_at=record.created_at - MergeRecord.KEEP)
    with pytest.raises(MergeRefused, match="30 days"):
        undo_merge(record=record)
    forget_old_merges()
    assert MergeRecord.objects.get().data == {}
    assert present_id(short.pk) == anna.pk


def test_a_name_comes_from_one_contact_also_when_another_has_it_swapped(add):
    swapped, right = add("Mäkelä", "Anna"), add("Anna-Liisa", "Mäkelä")
    merge(keep=swapped.pk, contacts=[swapped.pk, right.pk])
    assert str(Contact.objects.get()) == "Anna-Liisa Mäkelä"


def test_undoing_an_import_leaves_alone_who_was_merged_since(register, pair):
    anna, short = pair
    batch = Import.objects.create(register=register, original_name="x.csv", kind="csv")
    for contact in pair:
        ImportChange.objects.create(batch=batch, contact=contact, before=None, after={})
    record = merge(keep=anna.pk, contacts=[anna.pk, short.pk])
    assert ImportChange.objects.count() == 0
    undo_merge(record=record)
    assert set(ImportChange.objects.values_list("contact", flat=True)) == {anna.pk, short.pk}


TEXTS = st.sampled_from(["", "Anna", "ÅSA", "O'Neill", "a" * 60])
PEOPLE = st.lists(
    st.fixed_dictionaries({
        "first_name": TEXTS,
        "last_name": TEXTS,
        "email": st.sampled_from(["", "a@example.fi", "B@example.fi"]),
        "birth_date": st.sampled_from(["", "1970-01-02", "1980-03-04"]),
        "deceased": st.booleans(),
        "attributes.turnover": st.one_of(st.just(""), st.integers(-5, 5), st.sampled_from([0.1, 1e12, 2.50])),
        "attributes.interests": st.sampled_from(["", "musiikki", "lapset;musiikki"]),
        "attributes.volunteer": st.sampled_from(["", True, False]),
    }),
    min_size=2,
    max_size=6,
)  # fmt: skip
ACTS = st.lists(
    st.tuples(st.integers(0, 5), st.integers(0, 1), st.sampled_from(["email", "sms"]), st.booleans()), max_size=6
)


@given(
    people=PEOPLE,
    groups=st.lists(st.tuples(st.integers(0, 5), st.integers(0, 2)), max_size=8),
    acts=ACTS,
    data=st.data(),
)
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
def test_merge_and_taking_it_back_give_the_start(register, people, groups, acts, data):
    contacts = [save_contact(register=register, values=p, source="test", match_email=False) for p in people]
    made = [Group.objects.get_or_create(register=register, name=f"G{n}")[0] for n in range(3)]
    purposes = [Purpose.objects.get_or_create(name=f"P{n}")[0] for n in range(2)]
    for person, group in groups:
        add_to_group(group=made[group], contacts=[contacts[person % len(contacts)].pk])
    for person, purpose, channel, granted in acts:
        record_consent(
            contact=contacts[person % len(contacts)],
            purpose=purposes[purpose],
            channel=channel,
            granted=granted,
            how="x",
        )
    ids = [contact.pk for contact in contacts]
    before = everything()
    keep = data.draw(st.sampled_from(ids))
    choices = {key: data.draw(st.sampled_from(ids)) for key in ("first_name", "email", "attributes.turnover")}
    record = merge(keep=keep, contacts=ids, choices=choices)
    kept = Contact.objects.get(pk__in=ids)
    assert {m.group_id for m in kept.memberships.all()} == {made[group].pk for _person, group in groups}
    assert kept.consents.count() >= len(acts)
    undo_merge(record=record)
    after = everything()
    if not any(person["deceased"] for person in people):
        assert after == before
    before.pop("suppression")
    after.pop("suppression")
    assert after == before
