"""People join a register by themselves: the form, the mail, and the button that confirms."""

import datetime as dt
import re

import pytest
from django.test import Client
from django.utils import timezone

from mailer.models import EmailMessage
from registers.books import add_field
from registers.contacts import save_contact
from registers.models import Activity, Channel, Contact, SuppressionKind
from registers.suppression import suppress, suppressed
from sites.models import SignUp
from sites.signups.joining import forget_unconfirmed
from tests.sites.conftest import yes
from tests.sites.sign_ups.steps import PAGE, agreed, join, mailed, own_link, press, sign_up, typed

pytestmark = pytest.mark.django_db


def test_nobody_is_in_the_register_before_the_address_is_confirmed(page, group):
    assert "What do you eat?" in Client().get(PAGE).content.decode()
    answer = sign_up(**{"q-q1": "vegan", "q-q2": ["Music"], "q-q3": "on"})
    assert (answer.status_code, answer["Location"]) == (303, f"{PAGE}sent/")
    assert "Almost done" in Client().get(answer["Location"]).content.decode()
    assert not Contact.objects.exists()
    (link,) = mailed()
    for _time in range(10):
        shown = Client().get(link).content.decode()
    assert all(word in shown for word in ("Anna Virtanen", "Anna@Example.org", "vegan", "Music"))
    assert not Contact.objects.exists()

    assert "you are on the list" in press(link, follow=True).content.decode()
    contact = Contact.objects.get()
    assert (contact.full_name, contact.email, contact.source) == (
        "Anna Virtanen", "Anna@Example.org", "sign-up: Newsletter",
    )  # fmt: skip
    assert contact.attributes == {"diet": "vegan", "interests": ["music"]}
    assert list(Contact.objects.in_group(group)) == [contact]
    assert agreed(contact) == [True]
    kept = SignUp.objects.get()
    assert (kept.contact, kept.email, kept.person, kept.answers) == (contact, "", {}, {})
    Client().post(link)
    assert Client().get(link).status_code == 303
    assert Contact.objects.count() == 1


def test_who_may_have_mistyped_the_address_reads_so_where_a_mail_is_promised(page):
    assert "Did you mean gmail.com?" in Client().get(sign_up(email="anna@gmial.com")["Location"]).content.decode()
    assert SignUp.objects.get().email == "anna@gmial.com"
    assert "{&quot;providers&quot;: [&quot;gmail.com&quot;" in Client().get(f"{PAGE}link/").content.decode()
    assert "Did you mean" not in Client().get(f"{PAGE}sent/?typed=win+at+evil.con").content.decode()


def test_what_is_wrong_is_said_where_it_was_typed_and_nothing_is_kept(page, register):
    add_field(register=register, label="Shoe size", type="number")
    page.questions = [
        {"id": "q1", "type": "text", "value": {"label": "Shoe size", "column": "attributes.shoe_size"}},
    ]
    page.save_revision().publish()
    answer = sign_up(email="anna@", first_name="http://x.example", **{"q-q1": "large"})
    shown = answer.content.decode()
    assert answer.status_code == 200
    assert "3 things are to be mended" in shown
    assert "Write a name, without the address of a web page." in shown
    assert not SignUp.objects.exists()
    assert sign_up(subject="a program fills this").status_code == 303
    assert not SignUp.objects.exists()


def test_a_form_sent_again_is_one_sign_up_with_what_was_typed_last(page):
    sign_up()
    sign_up(first_name="Annika")
    assert len(mailed()) == 1
    SignUp.objects.update(mailed_at=timezone.now() - dt.timedelta(hours=1))
    sign_up(first_name="Annika")
    assert len(mailed()) == 2
    press(mailed()[0])
    assert Contact.objects.get().first_name == "Annika"


def test_who_is_known_is_told_no_other_than_a_newcomer_and_keeps_name_and_row(page, anna, group):
    known, new = sign_up(first_name="Someone", **{"q-q1": "vegan"}), sign_up(email="new@example.org")
    assert (known.status_code, known["Location"]) == (new.status_code, new["Location"])
    press(mailed()[0])
    anna.refresh_from_db()
    assert (anna.first_name, anna.attributes) == ("Anna", {})  # who shares the address changes nothing of hers
    assert list(Contact.objects.in_group(group)) == [anna]
    told = Activity.objects.get(kind="signup.joined").data
    assert (told["subject"], told["left_out"]) == ("Someone Virtanen", {"What do you eat?": ["vegan"]})
    sign_up(**{"q-q1": "vegan"})
    press(mailed()[-1])
    anna.refresh_from_db()
    assert anna.attributes == {"diet": "vegan"}


def test_a_name_that_leads_somewhere_is_not_in_the_mail_to_whoever_has_the_address(page, event):
    for name in ("Buy at evil.com", "sales@evil", "evil.example/x"):
        EmailMessage.objects.all().delete()
        sign_up(first_name=name, email=f"b{len(name)}@example.org")
        Client().post("/choir/summer-party/", yes(first_name=name, last_name=name, email=f"c{len(name)}@example.org"))
        letters = EmailMessage.objects.values_list("letter", flat=True)
        Client().post(f"{PAGE}link/", {"email": f"c{len(name)}@example.org"})  # known by the reply, and never proved
        assert len(letters) == 3
        assert all("Dear friend" in letter["text"] and "evil" not in str(letter) for letter in letters)
    sign_up(first_name="J.R.")
    assert "Dear J.R.," in EmailMessage.objects.latest("pk").letter["text"]


def test_nobody_joins_as_somebody_who_has_died(page, anna, register):
    link = own_link()
    save_contact(register=register, contact=anna, values={"deceased": True}, source="test")
    new = join(**{"q-q1": "vegan"})
    assert (new.full_name, new.deceased, new.attributes) == ("Anna Virtanen", False, {"diet": "vegan"})
    anna.refresh_from_db()
    assert anna.attributes == {}
    assert Client().get(link).status_code == Client().post(link, {"leave": "1"}).status_code == 404


def test_who_unsubscribed_and_confirms_again_is_written_to_again(page, choir):
    stop = {"organisation_id": choir.pk, "channel": Channel.EMAIL, "address": "anna@example.org"}
    suppress(kind=SuppressionKind.UNSUBSCRIBED, **stop)
    suppress(kind=SuppressionKind.COMPLAINT, **stop)
    sign_up()
    assert "You have unsubscribed from our e-mails before" in Client().get(mailed()[0]).content.decode()
    press(mailed()[0])
    left = suppressed(organisation_id=choir.pk, channel=Channel.EMAIL, addresses=["anna@example.org"])
    assert left == {"anna@example.org": {SuppressionKind.COMPLAINT}}


def test_nobody_confirms_what_they_were_not_shown(page):
    sign_up()
    shown = Client().get(mailed()[0]).content.decode()
    seen = re.search(r'name="seen" value="(\w+)"', shown)[1]
    sign_up(first_name="Else", **{"q-q3": "on"})
    for sent in (seen, "", "forged"):
        answer = Client().post(mailed()[0], {"seen": sent})
        assert "with other words" in answer.content.decode()
    assert not Contact.objects.exists()


def test_what_waits_goes_with_its_page(page):
    sign_up()
    page.delete()
    assert not EmailMessage.objects.exists()


def test_what_nobody_confirmed_is_forgotten_with_its_mail(page):
    sign_up()
    join(email="b@example.org")
    SignUp.objects.update(created_at=timezone.now() - dt.timedelta(days=8))
    forget_unconfirmed()
    assert SignUp.objects.get().confirmed_at
    assert list(EmailMessage.objects.values_list("address", flat=True)) == ["b@example.org"]


def test_who_is_erased_leaves_no_sign_up_behind(page):
    contact = join()
    sign_up()
    contact.delete()
    assert not SignUp.objects.exists()
    assert not EmailMessage.objects.exclude(address="").exists()


def test_a_form_on_another_web_site_works_without_our_cookies(page):
    strict = Client(enforce_csrf_checks=True, headers={"origin": "https://elsewhere.example"})
    answer = strict.post(f"/s/{page.pk}/", typed(**{"q-q1": "vegan"}))
    assert (answer.status_code, answer["Location"]) == (303, f"{PAGE}sent/")
    wrong = strict.post(f"/s/{page.pk}/", typed(email=""))
    assert "Write your e-mail address" in wrong.content.decode()
    press(mailed()[0])
    assert strict.post(f"/s/{page.pk}/", {"link": "1", "email": "anna@example.org"}).status_code == 303
    assert len(mailed("signup.link")) == 1
    assert Client().get(f"/s/{page.pk}/")["Location"] == PAGE
    page.unpublish()
    assert strict.post(f"/s/{page.pk}/", typed()).status_code == 404
    assert strict.post(PAGE, typed()).status_code == 404


def test_too_many_forms_from_one_network_are_turned_back(page, monkeypatch):
    monkeypatch.setattr("sites.signups.doors.PER_MINUTE", 1)
    sign_up()
    answer = sign_up(email="b@example.org")
    assert answer.status_code == 429
    assert "b@example.org" in answer.content.decode()
    assert SignUp.objects.count() == 1
