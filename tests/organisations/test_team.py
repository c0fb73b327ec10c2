"""The owner looks after the team."""

import re
from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from organisations.access import set_member
from organisations.models import Membership, Role, User
from organisations.sessions import SessionStore

pytestmark = pytest.mark.django_db


def test_the_owner_adds_a_person(cast, mailoutbox, settings):
    values = {"email": "Uusi@choir.example", "first_name": "Uusi", "last_name": "", "role": Role.VIEWER}
    response = cast.owner.client.post(reverse("organisations:add_member"), values, follow=True)
    assert "Uusi belongs to the team now." in response.content.decode()
    assert "practice installation" not in response.content.decode()
    member = Membership.objects.get(user__first_name="Uusi")
    assert (member.organisation, member.role) == (cast.choir, Role.VIEWER)
    assert "/password_reset/confirm/" in mailoutbox[0].body
    assert member.user.has_perm("wagtailadmin.access_admin")
    settings.MAILBOX_ENABLED = True
    # The link was lost, or is too old.
    values["role"] = Role.EDITOR  # as the form begins
    again = cast.owner.client.post(reverse("organisations:add_member"), values, follow=True).content.decode()
    assert Membership.objects.get(user=member.user).role == Role.VIEWER
    assert "/password_reset/confirm/" in mailoutbox[1].body
    # Nobody else reads it there.
    link = re.search(r"By this link Uusi chooses a password: http://[^/]+([^\s<]+)", again)
    assert Client().get(link[1], follow=True).templates[0].name == "wagtailadmin/account/password_reset/confirm.html"


def test_a_known_person_joins_with_the_account_they_have(cast, mailoutbox):
    values = {"email": "SIIRI@theatre.example", "first_name": "", "last_name": "", "role": Role.EDITOR}
    for _role_again in range(2):
        cast.owner.client.post(reverse("organisations:add_member"), values)
    assert User.objects.filter(email__iexact="siiri@theatre.example").count() == 1
    assert cast.stranger.user.memberships.count() == 2
    assert [mail.to for mail in mailoutbox] == [["siiri@theatre.example"]]
    assert "/admin/login/" in mailoutbox[0].body
    assert "password_reset" not in mailoutbox[0].body


@pytest.mark.parametrize("whose", ["another organisation's", "the operator's"])
def test_nobody_gets_the_link_to_an_account_that_is_not_their_teams_alone(cast, settings, mailoutbox, whose):
    settings.MAILBOX_ENABLED = True
    user = User.objects.create_user("siv@theatre.example", is_superuser=whose == "the operator's")
    if not user.is_superuser:
        set_member(user=user, organisation=cast.theatre, role=Role.EDITOR)
    values = {"email": user.email, "first_name": "", "last_name": "", "role": Role.EDITOR}
    told = cast.owner.client.post(reverse("organisations:add_member"), values, follow=True).content.decode()
    assert "Its operator finds the letter" in told
    assert "password_reset" not in told


def test_the_last_owner_stays(cast):
    membership = Membership.objects.get(user=cast.owner.user)
    response = cast.owner.client.post(reverse("organisations:remove_member", args=[membership.pk]), follow=True)
    assert "Somebody must own the organisation" in response.content.decode()
    response = cast.owner.client.post(
        reverse("organisations:member", args=[membership.pk]), {"role": Role.VIEWER}, follow=True
    )
    assert "Somebody must own the organisation" in response.content.decode()
    values = {"email": cast.owner.user.email, "role": Role.VIEWER}
    response = cast.owner.client.post(reverse("organisations:add_member"), values, follow=True)
    assert "belongs to the team already" in response.content.decode()
    assert Membership.objects.get(user=cast.owner.user).role == Role.OWNER


def test_who_is_removed_sees_nothing_more(cast):
    membership = Membership.objects.get(user=cast.editor.user)
    cast.owner.client.post(reverse("organisations:remove_member", args=[membership.pk]))
    response = cast.editor.client.get(reverse("wagtailadmin_home"))
    assert response.status_code == 302
    assert "login" in response["Location"]
    assert "An owner of your organisation can add you" in cast.editor.client.get(response["Location"]).content.decode()


@pytest.mark.parametrize("who", ["editor", "sender", "viewer"])
def test_only_the_owner_looks_after_the_team(cast, who):
    client = getattr(cast, who).client
    for name in ("organisations:team", "organisations:add_member", "organisations:settings"):
        assert client.get(reverse(name)).status_code == 302
    refused = client.get(reverse("wagtailadmin_home")).content.decode()
    assert "which does not open this. An owner can change that: Oili." in refused
    assert "do not have permission" not in refused
    Membership.objects.filter(user=cast.owner.user).delete()
    client.get(reverse("organisations:team"))
    assert "An owner can change that" not in client.get(reverse("wagtailadmin_home")).text  # there is none


def test_whoever_begins_alone_is_told_how_to_invite_others(cast):
    home = reverse("wagtailadmin_home")
    first, second = "Bring in your people", "Invite your colleagues"
    steps = [
        (said in who.client.get(home).content.decode()) for who in (cast.owner, cast.viewer) for said in (first, second)
    ]
    assert steps == [True, False, False, False]
    Membership.objects.filter(organisation=cast.choir).exclude(user=cast.owner.user).delete()
    assert second in cast.owner.client.get(home).content.decode()


def test_a_foreign_member_is_not_there(cast):
    foreign = Membership.objects.get(user=cast.stranger.user)
    for name in ("organisations:member", "organisations:remove_member"):
        assert cast.owner.client.get(reverse(name, args=[foreign.pk])).status_code == 404
        assert cast.owner.client.post(reverse(name, args=[foreign.pk]), {"role": "viewer"}).status_code == 404
    assert Membership.objects.get(pk=foreign.pk).role == Role.EDITOR


def test_the_accent_must_be_readable(cast):
    url = reverse("organisations:settings")
    values = {
        "name": "Choir", "language": "fi", "time_zone": "Europe/Helsinki", "region": "FI", "theme-accent": "#ffee00",
    }  # fmt: skip
    assert "hard to read on white" in cast.owner.client.post(url, values).content.decode()
    for none in ("green", "5d2f50", ""):
        assert cast.owner.client.post(url, values | {"theme-accent": none}).context["theme_form"].errors["accent"]
    values["theme-accent"] = "#5d2f50"
    cast.owner.client.post(url, values)
    cast.choir.refresh_from_db()
    assert (cast.choir.name, cast.choir.theme.accent) == ("Choir", "#5d2f50")


def test_one_works_in_one_organisation_at_a_time(cast):
    values = {"email": cast.stranger.user.email, "first_name": "", "last_name": "", "role": Role.OWNER}
    cast.owner.client.post(reverse("organisations:add_member"), values)
    client = cast.stranger.client
    client.post(reverse("organisations:switch"), {"organisation": cast.choir.pk})
    assert client.get(reverse("organisations:team")).status_code == 200
    client.post(reverse("organisations:switch"), {"organisation": cast.theatre.pk})
    assert client.get(reverse("organisations:team")).status_code == 302
    assert (
        cast.editor.client.post(reverse("organisations:switch"), {"organisation": cast.theatre.pk}).status_code == 404
    )


def test_a_form_of_the_former_organisation_writes_nothing_into_the_next(cast):
    set_member(organisation=cast.choir, user=cast.stranger.user, role=Role.OWNER)
    set_member(organisation=cast.theatre, user=cast.stranger.user, role=Role.OWNER)
    client, switch, add = (
        Client(enforce_csrf_checks=True), reverse("organisations:switch"), reverse("organisations:add_member")
    )  # fmt: skip
    client.force_login(cast.stranger.user)

    def send(address, page, **values):
        token = str(page.context["csrf_token"])
        return client.post(address, {"csrfmiddlewaretoken": token, **values}).status_code

    left_open, newcomer = client.get(add), {"email": "new@choir.example", "role": Role.VIEWER}
    assert send(switch, client.get(switch), organisation=cast.theatre.pk) == 302
    assert send(add, left_open, **newcomer) == 403
    assert send(add, client.get(add), **newcomer) == 302
    assert Membership.objects.get(user__email="new@choir.example").organisation == cast.theatre


def test_who_asks_is_known_by_three_queries(cast, django_assert_num_queries):
    """The session, the person with profile and memberships, and the permissions: every request begins with them."""
    missing = reverse("wagtailadmin_pages:edit", args=[987_654])
    cast.owner.client.get(missing)
    with django_assert_num_queries(3 + 1):
        assert cast.owner.client.get(missing).status_code == 404


def test_who_works_every_day_is_not_signed_out(cast):
    client = cast.editor.client
    User.objects.filter(pk=cast.editor.user.pk).update(last_login=timezone.now() - timedelta(days=13))
    Session.objects.update(expire_date=timezone.now() + timedelta(days=1))
    client.get("/admin/", headers={"Sec-Fetch-Mode": "cors"})
    client.post("/admin/")
    soon = timezone.now() + timedelta(days=2)
    assert not Session.objects.filter(pk=client.session.session_key, expire_date__gt=soon)
    assert "sessionid" in client.get("/admin/").cookies
    assert Session.objects.get(pk=client.session.session_key).expire_date > timezone.now() + timedelta(days=13)
    assert "sessionid" not in client.get("/admin/").cookies
    Session.objects.update(expire_date=timezone.now() - timedelta(seconds=1))
    assert client.get("/admin/").url.startswith("/admin/login/"), "a session that has ended still opens the door"


def test_a_slow_page_does_not_take_back_a_switch_of_organisation(cast, monkeypatch):
    """The first page of the day renews the session when it is done."""
    client = cast.owner.client
    User.objects.filter(pk=cast.owner.user.pk).update(last_login=timezone.now() - timedelta(days=1))

    def switch_meanwhile(*_asked):
        other = SessionStore(client.session.session_key)
        other["organisation"] = cast.theatre.pk
        other.save()
        return []

    monkeypatch.setattr("cms.home.moved_events", switch_meanwhile)
    assert "sessionid" in client.get("/admin/").cookies
    assert client.session["organisation"] == cast.theatre.pk


def test_permissions_come_from_groups_alone(cast):
    user = User.objects.create_user("new@choir.example", "pw")
    user.user_permissions.add(Permission.objects.get(codename="access_admin"))
    assert not user.has_perm("wagtailadmin.access_admin")
    assert cast.viewer.user.has_perm("wagtailadmin.access_admin")


@pytest.mark.parametrize(("typed", "kept"), [("se", "SE"), ("GB", "GB"), ("UK", "FI"), ("ZZ", "FI"), ("Fin", "FI")])
def test_the_country_of_telephone_numbers_is_one_that_has_some(cast, typed, kept):
    """By another no number without a country code could be read any more."""
    url = reverse("organisations:settings")
    values = {"name": "Choir", "language": "fi", "time_zone": "Europe/Helsinki", "theme-accent": "#5d2f50"}
    answer = cast.owner.client.post(url, {**values, "region": typed}, follow=True)
    cast.choir.refresh_from_db()
    assert cast.choir.region == kept
    assert ("is not the code of a country" in answer.text) is (typed in ("UK", "ZZ", "Fin"))
