"""What those who may see a part only do, and what owners say of it."""

import re

import pytest
from django.apps import apps
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.urls import reverse

from mailer.models import EmailIndexPage, EmailPage
from organisations import reach
from organisations.access import set_member
from organisations.models import Membership, Organisation, OrganisationModel, Role, User
from organisations.roles import reach_of
from registers.activity import record
from registers.automations.keeping import save_automation
from registers.automations.running import run_waiting
from registers.birthdays import Birthday, people_to_tell
from registers.contacts import save_contact
from registers.memberships import add_to_group
from registers.models import (
    Automation,
    AutomationRun,
    Contact,
    Couple,
    Group,
    GroupMembership,
    Partner,
    Register,
    Suppression,
)
from tests.cast import person
from tests.organisations.part import limit, plain
from tests.organisations.treasure import SECRET

pytestmark = pytest.mark.django_db


def test_a_newcomer_joins_a_group_that_is_seen(inside):
    client, url = inside.limited.client, reverse("registers:add_contact", args=[inside.register])
    beyond_it = Group.objects.get(name=SECRET)
    values = {"first_name": "Uusi", "external_id": "77", "attributes.zaubervogel": ""}
    assert client.post(url, values).status_code == 422
    assert client.post(url, {**values, "joins": beyond_it.pk}).status_code == 422
    response = client.post(url, {**values, "joins": inside.group}, follow=True)
    assert response.status_code == 200
    contact = Contact.objects.get(first_name="Uusi")
    assert contact.external_id == ""  # to refuse one that is taken would tell of somebody beyond
    assert list(GroupMembership.objects.filter(contact=contact).values_list("group", flat=True)) == [inside.group]


def snapshot() -> dict[str, list]:
    """Every row there is, but for the log of who looked at what."""
    return {
        model._meta.label: list(model.unscoped.order_by("pk").values())
        for model in apps.get_models()
        if issubclass(model, OrganisationModel) and model._meta.label != "registers.AccessLog"
    }


def test_whoever_is_beyond_is_neither_added_nor_changed_nor_deleted(inside):
    other = Contact.objects.exclude(pk=inside.aino).filter(register=inside.register).first()
    client = inside.limited.client
    before = snapshot()
    client.post(reverse("registers:add_members", args=[inside.group]), {"contact": [other.pk]})
    client.post(reverse("registers:group", args=[inside.group]), {"contact": [other.pk]})
    bulk = reverse("registers:bulk", args=[inside.register])
    until = {"since": "2026-01-01", "until": "2099-01-01"}
    for act in ("add", "remove", "away", "back", "delete", "compare"):
        client.post(bulk, {"act": act, "confirmed": "1", "contact": [other.pk], "group": inside.group, **until})
    joins = {"act": "add", "confirmed": "1", "contact": [inside.aino], "group": "", "new_group": "Mine"}
    client.post(bulk, joins)
    client.post(bulk, {**joins, "group": Group.objects.get(name=SECRET).pk})
    assert snapshot() == before
    asked = client.post(bulk, {"act": "delete", "every": "1"}).content.decode()
    client.post(bulk, dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', asked)))
    assert not Contact.objects.filter(pk=inside.aino).exists()
    assert Contact.objects.filter(pk=other.pk).exists()


def test_a_death_does_not_stop_letters_to_somebody_beyond_who_shares_the_address(inside):
    Contact.objects.filter(pk=inside.aino).update(email="both@example.org", email_key="both@example.org")
    save_contact(
        register=Register.objects.get(pk=inside.hidden),
        values={"first_name": SECRET, "email": "both@example.org"},
        source="test",
    )
    before = Suppression.objects.filter(channel="email").count()
    url = reverse("registers:edit_contact", args=[inside.aino])
    values = {"first_name": "Aino", "email": "both@example.org", "deceased": "on"}
    assert inside.limited.client.post(url, values).status_code == 302
    assert Contact.objects.get(pk=inside.aino).deceased
    assert Suppression.objects.filter(channel="email").count() == before


def test_whoever_is_given_a_whole_register_works_with_it_as_ever(inside):
    limit(inside.theatre, inside.limited, f"register:{inside.hidden}")
    client = inside.limited.client
    for name in ("contacts", "edit", "import", "imports", "duplicates", "merges", "add_group", "add_segment"):
        assert client.get(reverse(f"registers:{name}", args=[inside.hidden])).status_code == 200, name
        assert client.get(reverse(f"registers:{name}", args=[inside.register])).status_code == 404, name
    assert client.get(reverse("registers:contact", args=[inside.aino])).status_code == 404
    index = plain(client.get(reverse("registers:index")))
    edit = reverse("registers:edit", args=[inside.hidden])
    columns = {"fields-TOTAL_FORMS": 0, "fields-INITIAL_FORMS": 0}
    assert client.post(edit, {"name": "Members", "description": "New", **columns}).status_code == 302
    register = Register.objects.get(pk=inside.hidden)  # a name that is taken beyond reach is not even refused
    assert (register.name, register.description) == (f"{SECRET} others", "New")
    assert "others" in index
    assert "Members" not in index


def test_what_was_given_and_is_gone_leaves_nothing_to_see(inside):
    Group.objects.get(pk=inside.group).delete()
    contacts = reverse("registers:contacts", args=[inside.register])
    assert contacts not in plain(inside.limited.client.get(reverse("registers:index")))
    assert inside.limited.client.get(contacts).status_code == 404
    assert inside.limited.client.get(reverse("registers:contact", args=[inside.aino])).status_code == 404


def test_a_reviewer_signs_in_and_sees_nobody(inside):
    reviewer = person(inside.theatre, Role.REVIEWER, "Riku")
    home = plain(reviewer.client.get(reverse("wagtailadmin_home")))
    assert "Nothing has been handed to you yet." in home
    assert "As a reviewer you see what is handed to you" in home
    assert "you see a part of the people" not in home
    for name in ("registers:index", "registers:groups", "registers:birthdays", "campaigns:index"):
        assert reviewer.client.get(reverse(name)).status_code == 302
    assert reviewer.client.get(reverse("campaigns:automatic")).status_code == 404


def test_the_home_page_says_what_is_not_open(inside):
    home, said = reverse("wagtailadmin_home"), "Events and pages are not open to you"
    assert said in plain(inside.limited.client.get(home))
    assert said not in plain(inside.owner.client.get(home))


def test_nobody_is_reminded_of_whom_they_may_not_see(inside):
    partner = Partner.objects.exclude(contact=inside.aino).first()
    aino, other = (Contact.objects.get(pk=pk) for pk in (inside.aino, partner.contact_id))
    told = [people_to_tell(Birthday(contact, None, 60, inside.limited.user)) for contact in (aino, other)]
    assert told == [[inside.limited.user], [inside.owner.user]]


def test_who_sees_everything_pays_nothing(inside, django_assert_num_queries):
    """The SQL of all others is what it was."""
    assert "group" not in str(Contact.objects.all().query)
    assert reach_of(inside.owner.user, inside.theatre.pk) is None
    with reach.limited(reach_of(inside.limited.user, inside.theatre.pk)):
        assert "registers_groupmembership" in str(Contact.objects.all().query)
        with django_assert_num_queries(0):  # whatever has not said how it is seen is not asked for
            assert not Suppression.objects.exists()


def test_the_owner_says_who_sees_what(inside):
    membership = Membership.objects.get(user=inside.limited.user)
    url, client = reverse("organisations:member", args=[membership.pk]), inside.owner.client
    form = plain(client.get(url))
    assert "Group A (Members)" in form
    refused = plain(client.post(url, {"role": "editor", "sees": "part"}))
    assert "Choose at least one register or group" in refused
    assert "An owner sees everything" in plain(client.post(url, {"role": "owner", "sees": "part", "places": []}))
    values = {"role": "viewer", "sees": "part", "places": [f"register:{inside.register}", f"group:{inside.group}"]}
    assert "Members, Group A (Members)" in plain(client.post(url, values, follow=True))
    again = User.objects.get(pk=inside.limited.user.pk)
    assert reach_of(again, inside.theatre.pk).registers == (inside.register,)
    client.post(url, {"role": "editor"})  # another role, and nothing said of what is seen
    assert Membership.objects.get(user=inside.limited.user).limited
    client.post(url, {"role": "editor", "sees": "everything"})
    assert reach_of(User.objects.get(pk=again.pk), inside.theatre.pk) is None
    assert SECRET in plain(inside.limited.client.get(reverse("registers:contacts", args=[inside.register])))


def test_the_database_keeps_owners_unlimited_and_rights_in_one_house(inside):
    membership = Membership.objects.get(user=inside.owner.user)
    limited = set_member(organisation=inside.theatre, user=inside.owner.again().user, role=Role.OWNER, limited=True)
    assert (limited.pk, limited.limited) == (membership.pk, False)
    constraints = connection.introspection.get_constraints(connection.cursor(), "registers_reach")
    assert {"reach_register_or_group", "reach_membership_organisation", "reach_group_organisation"} <= set(constraints)


def test_couples_are_seen_by_who_sees_both(inside):
    assert Couple.objects.count() == 2
    with reach.limited(reach_of(inside.limited.user, inside.theatre.pk)):
        assert (Couple.objects.count(), Partner.objects.count()) == (0, 0)
    record(contact=Contact.objects.get(pk=inside.aino), kind="joined_group", source="", data={"group": SECRET})
    assert SECRET not in plain(inside.limited.client.get(reverse("registers:contact", args=[inside.aino])))


def test_what_happens_by_itself_does_not_depend_on_who_added_somebody(inside):
    """Who sees group A only lets people into it; what follows leads beyond their reach, and happens all the same."""
    group, beyond_it = Group.objects.get(pk=inside.group), Group.objects.get(name=SECRET)
    values = {"group": beyond_it}
    Automation.objects.all().delete()
    save_automation(group=group, on="joined", act="add_to_group", values=values, name=SECRET)
    client = inside.limited.client
    added = client.post(
        reverse("registers:add_contact", args=[inside.register]), {"first_name": "Uusi", "joins": inside.group}
    )
    run_waiting(inside.theatre.pk)
    contact = Contact.objects.get(first_name="Uusi")
    assert GroupMembership.objects.filter(contact=contact, group=beyond_it).exists()
    assert SECRET not in plain(client.get(added.url))  # not even on the timeline
    page = plain(client.get(reverse("registers:group", args=[inside.group])))
    assert SECRET not in page
    assert "by itself" not in page


def test_automations_are_kept_by_who_sees_the_whole_register(inside):
    limit(inside.theatre, inside.limited, f"register:{inside.register}")
    about_others = EmailPage(title=f"{SECRET} board", slug="board", subject="Board", register_id=inside.hidden)
    EmailIndexPage.objects.child_of(inside.theatre.home_page).get().add_child(instance=about_others)
    client, add = inside.limited.client, reverse("registers:add_automation", args=[inside.group])
    offered = plain(client.get(add))
    assert 'value="set_field"' in offered
    emails = plain(client.get(f"{add}?act=send_email"))
    assert "Letter" in emails
    assert f"{SECRET} board" not in emails
    assert f"{SECRET} board" in plain(inside.owner.client.get(f"{add}?act=send_email"))
    values = {"on": "joined", "column": "city", "value": "Kemi", "enabled": "on"}
    assert client.post(f"{add}?act=set_field", values).status_code == 302
    log = reverse("registers:group_runs", args=[inside.group])
    assert client.get(log).status_code == 200
    limit(inside.theatre, inside.limited, f"group:{inside.group}")
    mine = Automation.objects.get(group=inside.group)
    for url in (log, add, reverse("registers:edit_automation", args=[mine.pk])):
        assert client.get(url).status_code == 404


def test_nobody_is_told_of_a_group_beyond_their_reach(inside):
    beyond_it = Group.objects.get(name=SECRET)
    values = {"user": inside.limited.user}
    with pytest.raises(ValidationError):
        save_automation(group=beyond_it, on="joined", act="notify_person", values=values)
    told = save_automation(group=Group.objects.get(pk=inside.group), on="joined", act="notify_person", values=values)
    limit(inside.theatre, inside.limited, f"register:{inside.hidden}")
    add_to_group(group=told.group, contacts=[Contact.objects.exclude(pk=inside.aino).order_by("pk")[0].pk])
    run_waiting(inside.theatre.pk)
    assert AutomationRun.objects.get(automation=told).state == "failed"


def test_the_space_that_all_others_take_is_not_told(inside):
    client = inside.limited.client
    for url in (
        reverse("registers:contact", args=[inside.aino]),
        reverse("registers:add_document", args=[inside.aino]),
    ):
        assert "Space for documents" in plain(inside.owner.client.get(url))
        assert "Space for documents" not in plain(client.get(url))
    Organisation.objects.filter(pk=inside.theatre.pk).update(document_space=0)
    file = SimpleUploadedFile("letter.txt", b"Hello")
    refused = plain(client.post(reverse("registers:add_document", args=[inside.aino]), {"file": file}))
    assert "There is no room for this file any more." in refused
