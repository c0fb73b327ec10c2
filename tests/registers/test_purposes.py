"""What people are kept for, by which right, and what they have said to it."""

import pytest
from django.db import IntegrityError, transaction

from registers.books import create_register
from registers.consents import newest_acts, record_consent
from registers.contacts import save_contact
from registers.models import AccessLog, Activity, Consent, Purpose, RegisterPurpose
from tests.registers.addresses import url


@pytest.fixture
def news(organisation):
    return Purpose.objects.create(name="Newsletter", description="News by e-mail, once a month.")


def settings_of(register, **purposes):
    empty = {"fields-TOTAL_FORMS": 0, "fields-INITIAL_FORMS": 0}
    return {"name": register.name, **empty, "purposes-shown": 1, **purposes}


def test_the_screen_of_purposes(editor, viewer):
    assert b"What you use people" in editor.get(url("purposes")).content
    editor.post(url("add_purpose"), {"name": " News ", "description": "Once a month"})
    purpose = Purpose.objects.get()
    assert purpose.name == "News"
    assert editor.post(url("add_purpose"), {"name": "news"}).status_code == 422
    editor.post(url("purpose", purpose), {"name": "Letters", "description": ""})
    assert b"Letters" in viewer.get(url("purposes")).content
    assert viewer.post(url("delete_purpose", purpose)).status_code in (302, 403)
    editor.post(url("delete_purpose", purpose))
    assert not Purpose.objects.exists()


def test_what_people_have_agreed_to_can_only_be_retired(aino, news, editor):
    record_consent(contact=aino, purpose=news, channel="email", granted=True, how="phone")
    assert b"retire it instead" in editor.get(url("delete_purpose", news)).content
    editor.post(url("delete_purpose", news))
    assert Purpose.objects.get() == news
    editor.post(url("retire_purpose", news))
    page = editor.get(url("contact", aino)).content.decode()
    assert "given on" in page
    assert f"{news.pk}:email:withdrawn" in page  # it may be used again, and then what was said last counts
    assert f"{news.pk}:sms:" not in page
    assert "Newsletter" not in editor.get(url("edit", aino.register)).content.decode()
    editor.post(url("retire_purpose", news), {"back": 1})
    assert Purpose.objects.get().retired is False


def test_a_new_register_has_its_purposes_by_consent(organisation):
    register = create_register(name="Guests", purposes=["Invitations", "invitations"])
    row = RegisterPurpose.objects.get()
    assert (row.register, row.purpose.name, row.legal_basis) == (register, "Invitations", "consent")


def test_the_settings_of_a_register_say_by_which_right(editor, register, news):
    page = editor.get(url("edit", register)).content.decode()
    assert "By which right" in page
    chosen = {
        f"purpose-{news.pk}-applies": "on",
        f"purpose-{news.pk}-legal_basis": "legitimate_interests",
        f"purpose-{news.pk}-retention": "Until they leave",
        f"purpose-{news.pk}-note": "§ 4",
    }
    editor.post(url("edit", register), settings_of(register, **chosen))
    row = RegisterPurpose.objects.get()
    assert (row.legal_basis, row.retention, row.note) == ("legitimate_interests", "Until they leave", "§ 4")
    chosen[f"purpose-{news.pk}-legal_basis"] = "because"
    assert editor.post(url("edit", register), settings_of(register, **chosen)).status_code == 422
    unchanged = settings_of(register)
    del unchanged["purposes-shown"]
    editor.post(url("edit", register), unchanged)
    assert RegisterPurpose.objects.get() == row
    editor.post(url("edit", register), settings_of(register, **{f"purpose-{news.pk}-legal_basis": "consent"}))
    assert not RegisterPurpose.objects.exists()


def test_the_table_refuses_a_basis_that_the_law_does_not_know(register, news):
    with pytest.raises(IntegrityError), transaction.atomic():
        RegisterPurpose.objects.create(register=register, purpose=news, legal_basis="because")
    RegisterPurpose.objects.create(register=register, purpose=news)
    with pytest.raises(IntegrityError), transaction.atomic():
        RegisterPurpose.objects.create(register=register, purpose=news)


def test_one_click_writes_down_what_was_said(aino, news, editor):
    said = {"act": f"{news.pk}:email:given"}
    page = editor.post(url("contact_consent", aino), said, follow=True).content.decode()
    assert "say first how they told you" in page
    assert not Consent.objects.exists()
    page = editor.post(url("contact_consent", aino), {**said, "how": "phone"}, follow=True).content.decode()
    act = Consent.objects.get()
    assert (act.granted, act.how, act.text) == (True, "On the phone", "News by e-mail, once a month.")
    assert "given on" in page
    withdrawn = {"act": f"{news.pk}:email:withdrawn", "how": "paper", "text": "No more letters, please"}
    page = editor.post(url("contact_consent", aino), withdrawn, follow=True).content.decode()
    assert "withdrawn on" in page
    assert "No more letters, please" in page
    assert "All 2 acts so far" in page
    (newest,) = newest_acts([aino.pk])
    assert newest.granted is False
    kinds = Activity.objects.filter(kind__startswith="consent").order_by("pk").values_list("kind", flat=True)
    assert list(kinds) == ["consent_granted", "consent_withdrawn"]
    assert AccessLog.objects.filter(action="edit", subject=f"contact:{aino.pk}").count() == 2


@pytest.mark.parametrize("act", ["", "x", "0:email:given", "{news}:fax:given", "{news}:email:perhaps", "{news}:::"])
def test_what_nobody_offers_is_not_written_down(aino, news, editor, act):
    answer = editor.post(url("contact_consent", aino), {"act": act.format(news=news.pk), "how": "phone"})
    assert (answer.status_code, Consent.objects.count()) == (302, 0)


def test_who_may_only_look_writes_nothing_down(aino, news, viewer):
    assert b"Gave consent" not in viewer.get(url("contact", aino)).content
    viewer.post(url("contact_consent", aino), {"act": f"{news.pk}:email:given", "how": "phone"})
    assert not Consent.objects.exists()


def test_many_at_once(aino, news, editor, register):
    bo = save_contact(register=register, values={"first_name": "Bo"}, source="test")
    ticked = {"contact": [aino.pk, bo.pk], "act": "consent"}
    assert b"What did 2 contacts say?" in editor.post(url("bulk", register), ticked).content
    ticked |= {"confirmed": 1, "purpose": news.pk, "channel": "email", "said": "given"}
    assert b"This field is required" in editor.post(url("bulk", register), ticked).content
    editor.post(url("bulk", register), {**ticked, "how": "paper"})
    assert set(Consent.objects.values_list("contact", "granted", "how")) == {
        (aino.pk, True, "On paper"),
        (bo.pk, True, "On paper"),
    }
    record_consent(contact=bo, purpose=news, channel="email", granted=False, how="On the phone")
    asked = editor.get(url("delete_contact", bo)).content.decode()
    assert "1 contact has withdrawn a consent, and that is forgotten as well" in asked
    assert "withdrawn" not in editor.get(url("delete_contact", aino)).content.decode()
    said = editor.post(url("bulk", register), {**ticked, "how": "paper"}, follow=True).content.decode()
    assert "What 1 contact said" in said
    assert "1 contact has withdrawn it, and that stands." in said
    assert Consent.objects.filter(contact=bo).order_by("pk").last().granted is False
