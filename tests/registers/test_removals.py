"""Deleting many people, and registers with all of them, in pieces by a worker."""

import datetime as dt
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import OperationalError, connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from psycopg.errors import DeadlockDetected

from campaigns.audiences import sources
from registers import removal
from registers.absences import today
from registers.birthdays import coming
from registers.books import create_register
from registers.contacts import save_contact
from registers.documents import add_document
from registers.memberships import add_to_group
from registers.models import AccessLog, Contact, Group, Import, Register, Removal, Segment
from registers.removal import RegisterInUse, remove_contacts, remove_register, run_removal, wake_stranded_removals
from registers.stars import set_star
from tests.registers.importing import check, upload

pytestmark = pytest.mark.django_db
PEOPLE = 7


@pytest.fixture
def register(organisation, monkeypatch):
    monkeypatch.setattr(removal, "AT_ONCE", 3)
    monkeypatch.setattr(removal, "PIECE", 2)
    register = create_register(name="Old list")
    for number in range(PEOPLE):
        save_contact(register=register, values={"external_id": str(number)}, source="test")
    return register


def numbers(register):
    return list(Contact.objects.filter(register=register).order_by("pk").values_list("external_id", flat=True))


def delete(owner, register):
    return owner.post(reverse("registers:delete", args=[register.pk]), {"typed": register.name}, follow=True)


def test_a_large_register_is_gone_from_sight_at_once_and_then_goes(owner, register):
    anybody = Contact.objects.first()
    page = delete(owner, register).content.decode()
    assert f"{PEOPLE} contacts are being deleted. It goes on by itself" in page
    assert f"“Old list” is being deleted: {PEOPLE} of {PEOPLE} contacts are left." in page
    assert reverse("registers:contacts", args=[register.pk]) not in page
    for name, pk in (
        ("contacts", register.pk),
        ("edit", register.pk),
        ("delete", register.pk),
        ("contact", anybody.pk),
    ):
        assert owner.get(reverse(f"registers:{name}", args=[pk])).status_code == 404

    run_removal(Removal.objects.get().pk)
    assert not Contact.objects.exists()
    assert not Register.unscoped.filter(pk=register.pk).exists()
    assert not Removal.objects.exists()
    assert "being deleted" not in owner.get(reverse("registers:index")).content.decode()
    assert AccessLog.objects.get(action="delete").count == PEOPLE


def test_its_name_can_be_used_anew_meanwhile(owner, register):
    remove_register(register=register, user=owner.user)
    assert create_register(name="Old list") == Register.objects.get()


def test_of_two_who_delete_it_at_once_the_second_sees_the_list(owner, register, monkeypatch):
    wait = removal._wait_for_work

    def overtaken(asked):
        monkeypatch.setattr(removal, "_wait_for_work", wait)
        remove_register(register=asked, user=owner.user)

    monkeypatch.setattr(removal, "_wait_for_work", overtaken)
    assert delete(owner, register).redirect_chain == [(reverse("registers:index"), 302)]


def test_what_belongs_to_it_is_met_nowhere(owner, register, settings, tmp_path):
    settings.PRIVATE_DIR = tmp_path
    anybody = Contact.objects.first()
    anybody.birth_date = today().replace(year=today().year - 50, day=min(today().day, 28)) + dt.timedelta(days=3)
    anybody.save()
    set_star(contact=anybody, responsible=owner.user, source="test")
    document = add_document(contact=anybody, file=SimpleUploadedFile("letter.txt", b"Dear Aino"), user=owner.user)
    group = Group.objects.create(register=register, name="Choir")
    segment = Segment.objects.create(register=register, name="Everybody", rule={"match": "all", "conditions": []})
    screens = (
        ("group", group),
        ("edit_group", group),
        ("segment", segment),
        ("delete_segment", segment),
        ("document", document),
    )
    screens = [reverse(f"registers:{name}", args=[row.pk]) for name, row in screens]
    lists = {"groups": "Choir", "segments": "Everybody"}
    assert len(coming(days=40)) == 1
    assert {owner.get(url).status_code for url in screens} == {200}
    assert all(name in owner.get(reverse(f"registers:{url}")).text for url, name in lists.items())

    remove_register(register=register, user=owner.user)
    assert coming(days=40) == []
    assert {owner.get(url).status_code for url in screens} == {404}
    assert not any(name in owner.get(reverse(f"registers:{url}")).text for url, name in lists.items())


def test_its_groups_and_segments_are_offered_to_nobody(owner, register):
    group = Group.objects.create(register=register, name="Choir")
    add_to_group(group=group, contacts=Contact.objects.values_list("pk", flat=True), source="test")
    segment = Segment.objects.create(register=register, name="All", rule={"match": "all", "conditions": []})
    begun = remove_register(register=register, user=owner.user)
    offered = [ref for source in sources() for ref, _name in source.choices()]
    assert not {f"register:{register.pk}", f"group:{group.pk}", f"segment:{segment.pk}"} & set(offered)
    run_removal(begun.pk)
    assert not Group.objects.exists()
    assert not Segment.objects.exists()


def test_those_who_are_chosen_go_in_pieces(owner, register):
    stays = save_contact(register=register, values={"external_id": "stays"}, source="test")
    chosen = list(Contact.objects.exclude(pk=stays.pk).values_list("pk", flat=True))
    confirmed = {"act": "delete", "contact": chosen, "confirmed": "1"}
    page = owner.post(reverse("registers:bulk", args=[register.pk]), confirmed, follow=True).content.decode()
    assert f"{PEOPLE} contacts of “Old list” are being deleted: {PEOPLE} of them are left." in page
    begun = Removal.objects.get()
    run_removal(begun.pk)
    assert numbers(register) == ["stays"]
    begun.refresh_from_db()
    assert (begun.contacts, begun.total) == ([], PEOPLE)
    assert begun.finished_at
    assert "being deleted" not in owner.get(reverse("registers:contacts", args=[register.pk])).content.decode()


def test_a_few_go_while_somebody_waits(owner, register):
    few = list(Contact.objects.values_list("pk", flat=True)[:3])
    assert remove_contacts(register=register, contacts=few, user=owner.user) is None
    assert len(numbers(register)) == PEOPLE - 3


def test_people_of_other_registers_stay_whoever_is_named(owner, register):
    others = create_register(name="Others")
    beyond = save_contact(register=others, values={"external_id": "beyond"}, source="test")
    everybody = list(Contact.objects.values_list("pk", flat=True))
    run_removal(remove_contacts(register=register, contacts=everybody, user=owner.user).pk)
    assert list(Contact.objects.all()) == [beyond]


@pytest.mark.parametrize("whole", [True, False], ids=["a register", "chosen people"])
def test_a_worker_that_dies_leaves_whole_pieces_and_the_next_goes_on(owner, register, monkeypatch, whole):
    if whole:
        begun = remove_register(register=register, user=owner.user)
    else:
        everybody = list(Contact.objects.values_list("pk", flat=True))
        begun = remove_contacts(register=register, contacts=everybody, user=owner.user)
    next_ids, pieces = removal._next_ids, []

    def dying(row):
        pieces.append(next_ids(row))
        if len(pieces) == 3:
            raise KeyboardInterrupt
        return pieces[-1]

    monkeypatch.setattr(removal, "_next_ids", dying)
    with pytest.raises(KeyboardInterrupt):
        run_removal(begun.pk)
    assert len(numbers(register)) == PEOPLE - 4

    woken = []
    monkeypatch.setattr(removal, "_next_ids", next_ids)
    monkeypatch.setattr(removal, "wake", lambda *call: woken.append(call))
    wake_stranded_removals()
    assert not woken  # somebody may be at it
    Removal.objects.update(touched_at="2020-01-01T00:00:00Z")
    wake_stranded_removals()
    assert woken == [("default", run_removal, begun.pk)]
    run_removal(begun.pk)
    run_removal(begun.pk)  # late, and once too often
    assert not Contact.objects.exists()


def test_an_import_that_is_under_way_stops(owner, register, settings, tmp_path):
    settings.PRIVATE_DIR = tmp_path
    batch = check(upload(register, BytesIO(b"Number\nnew\n")))
    with CaptureQueriesContext(connection) as queries:
        begun = remove_register(register=register, user=owner.user)
    locks = [query["sql"] for query in queries if " FOR " in query["sql"]]
    # The import first, as whoever writes its rows does; the other way round they would wait for each other.
    assert ["registers_import" in locks[0], "registers_register" in locks[-1]] == [True, True]
    batch.refresh_from_db()
    assert batch.state == Import.State.CANCELLED
    run_removal(begun.pk)
    assert not Import.objects.exists()


@pytest.mark.parametrize("deadlocks", [2, removal._TRIES])
def test_a_piece_that_meets_e_mails_on_their_way_is_done_again(owner, register, monkeypatch, deadlocks):
    begun = remove_register(register=register, user=owner.user)
    next_ids, left = removal._next_ids, [None] * deadlocks

    def colliding(row):
        if left:
            left.pop()
            raise OperationalError("deadlock detected") from DeadlockDetected()
        return next_ids(row)

    monkeypatch.setattr(removal, "_next_ids", colliding)
    if deadlocks == removal._TRIES:
        with pytest.raises(OperationalError):  # not for ever; a sweep wakes it anew
            run_removal(begun.pk)
    else:
        run_removal(begun.pk)
        assert not Contact.objects.exists()


def test_a_register_that_an_event_has_taken_meanwhile_is_there_again(owner, register, monkeypatch, caplog):
    begun = remove_register(register=register, user=owner.user)
    create_register(name="Old list")

    def refuse(_register):
        raise RegisterInUse(["Summer party"])

    monkeypatch.setattr(removal, "_delete", refuse)
    run_removal(begun.pk)
    assert Register.objects.get(pk=register.pk).name == f"Old list ({register.pk})"
    assert f"Register {register.pk} is used by an event" in caplog.text
    assert not Removal.objects.exists()


def test_nobody_of_another_organisation_hears_of_it(owner, stranger, register):
    remove_register(register=register, user=owner.user)
    assert "Old list" not in stranger.get(reverse("registers:index")).content.decode()
