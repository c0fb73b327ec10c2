"""Merges that share a contact, at the same moment: one of them is done, the other one is told."""

import threading

import pytest
from django.db import connection

from organisations import scope
from organisations.access import create_organisation
from registers.books import create_register
from registers.contacts import save_contact
from registers.duplicates.merging import MergeRefused, merge
from registers.duplicates.undoing import undo_merge
from registers.models import Contact, MergeRecord

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def crowd():
    organisation = create_organisation(name="Kotiseutu", slug="kotiseutu")
    with scope.organisation(organisation.pk):
        register = create_register(name="Members")
        values = {"first_name": "Anna", "last_name": "Ek"}
        yield [
            save_contact(register=register, values=values, source="test", match_email=False).pk for _number in range(4)
        ]


def at_once(organisation_id, works):
    """What each piece of work came to: its result, or the sentence that refused it."""
    gate, outcomes = threading.Barrier(len(works)), []

    def run(work):
        try:
            with scope.organisation(organisation_id):
                gate.wait(10)
                try:
                    outcomes.append(work())
                except MergeRefused as refusal:
                    outcomes.append(str(refusal))
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[work]) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return outcomes


def test_of_overlapping_merges_one_is_done_and_the_other_is_told(crowd):
    a, b, c, _d = crowd
    works = [lambda: merge(keep=a, contacts=[a, b]), lambda: merge(keep=c, contacts=[b, c])]
    outcomes = at_once(scope.current(), works)
    assert sum(isinstance(outcome, MergeRecord) for outcome in outcomes) == 1
    assert [outcome for outcome in outcomes if isinstance(outcome, str) and "meanwhile" in outcome]
    assert Contact.objects.count() == 3


def test_a_double_click_merges_and_takes_back_once(crowd):
    outcomes = at_once(scope.current(), [lambda: merge(keep=crowd[0], contacts=crowd)] * 3)
    (record,) = [outcome for outcome in outcomes if isinstance(outcome, MergeRecord)]
    assert Contact.objects.count() == 1
    outcomes = at_once(scope.current(), [lambda: undo_merge(record=record)] * 3)
    assert len([outcome for outcome in outcomes if outcome == []]) == 1
    assert Contact.objects.count() == 4
