"""`manage.py create_organisation`: what would not work later is refused now, in words."""

import re

import pytest
from django.core.management import CommandError, call_command

from organisations.models import Membership, Organisation

pytestmark = pytest.mark.django_db


def found(name, *words, owner="owner@choir.example"):
    call_command("create_organisation", name, "--owner", owner, *words, verbosity=0)


def test_it_has_a_home_page_and_an_owner_who_can_get_in(capsys, client, mailoutbox):
    found("The Choir of Kemi", "--time-zone", "Europe/Stockholm")
    [address] = re.findall(r"password at http://[^/]+(/\S+);", capsys.readouterr().out)
    client.post(address, {"email": "owner@choir.example"})
    assert "/password_reset/confirm/" in mailoutbox[0].body
    choir = Organisation.objects.get(slug="the-choir-of-kemi")
    assert choir.home_page.live
    assert choir.time_zone == "Europe/Stockholm"
    assert Membership.objects.get(organisation=choir).user.email == "owner@choir.example"


@pytest.mark.parametrize(
    ("name", "words", "owner", "said"),
    [
        ("Media", (), "a@choir.example", "/media/ is an address of Kokoon's own"),
        ("The choir", ("--slug", "static"), "a@choir.example", "/static/ is an address of Kokoon's own"),
        ("Хор", (), "a@choir.example", "Choose a --slug"),
        ("Choir", ("--time-zone", "Mars/Olympus"), "a@choir.example", "“Mars/Olympus” is not a time zone"),
        ("Choir", (), "", "Enter a valid email address"),
        ("C" * 121, ("--slug", "c"), "a@choir.example", "at most 120 characters"),
    ],
)
def test_what_would_not_work_is_refused(name, words, owner, said):
    with pytest.raises(CommandError, match=said):
        found(name, *words, owner=owner)
    assert not Organisation.objects.exists()
