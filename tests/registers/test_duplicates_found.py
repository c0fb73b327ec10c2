"""Who may be in a register twice, and in what order that is told."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from organisations import scope
from registers.books import create_register
from registers.contacts import delete_contacts, save_contact
from registers.duplicates.searching import offered, say_not_same, start_search
from registers.duplicates.signs import ALMOST_CERTAIN, LIKELY, Sign, certainty, reasons
from registers.duplicates.sweeps import wake_waiting_searches
from registers.models import Contact, DuplicateSearch, DuplicateSet, NotSame


@pytest.fixture
def add(register):
    def add(first="", last="", **values):
        names = {"first_name": first, "last_name": last}
        return save_contact(register=register, values=names | values, source="test", match_email=False)

    return add


@pytest.fixture
def found(register):
    def found():
        """[(names of a set, certainty, signs)], as they are offered."""
        start_search(register=register)
        return [
            ([str(contact) for contact in row.contacts], row.found.certainty, Sign(row.found.signs))
            for row in offered(DuplicateSet.objects.filter(register=register))
        ]

    return found


SAME = [
    ({"email": "anna@example.fi"}, {"email": "ANNA@example.fi"}, Sign.EMAIL),
    ({"phone": "040 123 4567"}, {"phone": "+358401234567"}, Sign.PHONE),
    ({"birth_date": "1970-05-04"}, {"birth_date": "4.5.1970"}, Sign.BIRTH_DATE),
    ({"postcode": "00100"}, {"postcode": "00100"}, Sign.POSTCODE),
    ({"street": "Mäkitie 5 A 1"}, {"street": "mäkitie 5 a 1"}, Sign.STREET),
]


@pytest.mark.parametrize(("one", "other", "sign"), SAME)
def test_one_name_and_one_more_sign_make_a_duplicate(add, found, one, other, sign):
    add("Anna", "Mäkelä", **one)
    add("anna", "MAKELA", **other)
    [(names, points, signs)] = found()
    assert len(names) == 2
    assert signs & sign
    assert signs & Sign.SAME_NAME
    assert points >= LIKELY


@pytest.mark.parametrize(("one", "other", "sign"), SAME)
def test_swapped_names_and_one_more_sign_make_a_duplicate(add, found, one, other, sign):
    add("Anna-Liisa", "Mäkelä", **one)
    add("Mäkelä", "Anna Liisa", **other)
    [(_names, points, signs)] = found()
    assert signs & sign
    assert signs & Sign.SWAPPED_NAME
    assert points >= LIKELY


def test_a_name_alone_is_no_duplicate(add, found):
    add("Matti", "Virtanen", city="Helsinki")
    add("Matti", "Virtanen", city="Helsinki")
    assert found() == []


def test_a_whole_name_in_one_column_is_understood(add, found):
    add("Anna Virtanen", "", email="a@example.fi")
    add("", "Anna Virtanen", email="a@example.fi")
    add("Anna", "Virtanen", email="a@example.fi")
    [(names, points, _signs)] = found()
    assert len(names) == 3
    assert points >= ALMOST_CERTAIN


def test_couples_and_families_with_one_address_come_last(add, found):
    home = {"email": "home@example.fi", "phone": "0401234567", "street": "Kotikatu 1", "postcode": "00100"}
    add("Matti", "Virtanen", **home)
    add("Maija", "Virtanen", **home)
    add("Liisa", "Korhonen", email="liisa@example.fi")
    add("L.", "Korhonen", email="liisa@example.fi")
    (_korhonen, likely, _signs), (couple, points, signs) = found()
    assert couple == ["Matti Virtanen", "Maija Virtanen"]
    assert points < LIKELY <= likely
    assert signs & Sign.OTHER_NAME


def test_father_and_son_of_one_name_and_address_come_last(add, found):
    add("Matti", "Virtanen", street="Kotikatu 1", postcode="00100", birth_date="1950-01-01")
    add("Matti", "Virtanen", street="Kotikatu 1", postcode="00100", birth_date="1980-01-01")
    [(_names, points, signs)] = found()
    assert points < LIKELY
    assert signs & Sign.OTHER_BIRTH_DATE
    assert "but different dates of birth" in reasons(signs)


def test_the_duplicates_of_a_couple_with_one_address_make_two_sets(add, found):
    for first in ("Matti", "Matti", "Maija", "Maija"):
        add(first, "Virtanen", email="home@example.fi")
    sets = found()
    assert [names for names, points, _signs in sets if points >= LIKELY] == [
        ["Matti Virtanen", "Matti Virtanen"],
        ["Maija Virtanen", "Maija Virtanen"],
    ]


def test_an_address_that_many_share_is_one_set_of_its_real_size(add, found):
    for number in range(9):
        add(f"Worker{number}", f"Name{number}", email="office@example.fi")
    add("Worker3", "Name3", email="office@example.fi")
    sure, crowd = found()
    assert sure[0] == ["Worker3 Name3"] * 2
    assert len(crowd[0]) == 6  # as many as can be compared
    assert len(DuplicateSet.objects.last().contacts) == 10
    assert crowd[1] < LIKELY


def test_what_was_told_apart_is_not_offered_again(register, add, found):
    one, other = add("Anna", "Ek", email="a@example.fi"), add("Anna", "Ek", email="a@example.fi")
    assert len(found()) == 1
    assert say_not_same(contacts=[other, one], user=None) == 1
    assert say_not_same(contacts=[one, other], user=None) == 1
    assert found() == []
    assert NotSame.objects.count() == 1
    third = add("Anna", "Ek", email="a@example.fi")
    for names, _points, _signs in found():
        assert len(names) == 2  # the third with one of them, never the two in one set
    delete_contacts(register=register, contacts=[one.pk])
    assert NotSame.objects.count() == 0
    assert len(found()) == 1
    assert third


def test_a_set_is_stale_when_one_of_its_contacts_is_changed_or_deleted(register, add, found):
    one, other = add("Anna", "Ek", email="a@example.fi"), add("Anna", "Ek", email="a@example.fi")
    assert len(found()) == 1
    save_contact(register=register, contact=one, values={"city": "Turku"}, source="test")
    assert len(offered(DuplicateSet.objects.all())) == 1  # nothing that was compared
    save_contact(register=register, contact=one, values={"first_name": "Hanna"}, source="test")
    assert offered(DuplicateSet.objects.all()) == []
    assert len(found()) == 1
    delete_contacts(register=register, contacts=[other.pk])
    assert offered(DuplicateSet.objects.all()) == []


def test_registers_and_organisations_stay_apart(register, add, found, other_organisation):
    add("Anna", "Ek", email="a@example.fi")
    elsewhere = create_register(name="Other")
    save_contact(register=elsewhere, values={"first_name": "Anna", "email": "a@example.fi"}, source="test")
    with scope.organisation(other_organisation.pk):
        foreign = create_register(name="Members")
        for _number in (1, 2):
            values = {"first_name": "Anna", "last_name": "Ek", "email": "a@example.fi"}
            save_contact(register=foreign, values=values, source="test", match_email=False)
        start_search(register=foreign)
        assert len(offered(DuplicateSet.objects.all())) == 1
    assert found() == []


def test_odd_text_is_no_mistake(add, found):
    for text in ("%", "%s", "{0}", "'; --", "\\", "ß", "Ǆ", "   ", "١٢٣", "🙂"):
        add(text, "O'Neill-{}|", email="odd@example.fi", street=text, postcode=text[:3])
        add("O'Neill-{}|", text, email="odd2@example.fi", street=text, postcode=text[:3])
    assert found()


def test_a_search_that_nobody_works_on_is_woken_and_one_that_fails_gives_up(register, add, monkeypatch, swept):
    from django.db import DatabaseError

    from registers.duplicates import searching

    states = DuplicateSearch.State
    DuplicateSearch.objects.create(register=register)
    assert swept(wake_waiting_searches, "default") == 1
    assert DuplicateSearch.objects.get().state == states.DONE
    assert swept(wake_waiting_searches, "default") == 0

    def fail(_search):
        raise DatabaseError("out of space")

    monkeypatch.setattr(searching, "_search", fail)
    DuplicateSearch.objects.update(state=states.WAITING)
    while swept(wake_waiting_searches, "default"):
        assert DuplicateSearch.objects.get().attempts <= DuplicateSearch.MOST_ATTEMPTS
    assert DuplicateSearch.objects.get().state == states.FAILED


def test_searching_again_replaces_what_was_found(register, add, found):
    add("Anna", "Ek", email="a@example.fi")
    add("Anna", "Ek", email="a@example.fi")
    assert len(found()) == len(found()) == 1
    assert DuplicateSet.objects.count() == 1


@given(st.integers(0, 4095))
@settings(max_examples=300)
def test_other_names_or_birth_dates_never_rank_high(signs):
    points = certainty(signs)
    assert 1 <= points <= 99
    if signs & (Sign.OTHER_NAME | Sign.OTHER_BIRTH_DATE):
        assert points < LIKELY


NAMES = st.sampled_from(["", "Anna", "anna", "Bo", "Ek"])


@given(rows=st.lists(st.tuples(NAMES, NAMES, st.sampled_from(["", "a@x.fi", "b@x.fi"])), max_size=12))
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_every_pair_of_one_name_and_address_is_in_one_set(register, add, found, rows):
    Contact.objects.all().delete()
    for first, last, email in rows:
        add(first, last, email=email)
    found()
    sets = [set(row.contacts) for row in DuplicateSet.objects.filter(certainty__gte=LIKELY)]
    people = list(Contact.objects.exclude(first_name="").exclude(last_name="").exclude(email=""))
    for one in people:
        for other in people:
            if one.pk < other.pk and one.sort_key == other.sort_key and one.email == other.email:
                assert any({one.pk, other.pk} <= contacts for contacts in sets)
