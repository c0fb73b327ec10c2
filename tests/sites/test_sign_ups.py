"""People join a register by themselves, keep their details up to date, and leave: on hosted pages, by mailed links."""

import datetime as dt
import re

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from wagtail.contrib.redirects.models import Redirect
from wagtail.test.utils.form_data import inline_formset, nested_form_data, rich_text, streamfield

from mailer.models import EmailMessage
from registers.books import add_field, create_register
from registers.consents import newest_acts
from registers.contacts import save_contact
from registers.memberships import add_to_group
from registers.models import AccessLog, Activity, Channel, Contact, Group, Purpose, SuppressionKind
from registers.suppression import suppress, suppressed
from sites.models import HomePage, SignUp, SignUpPage
from sites.signups.joining import forget_unconfirmed

pytestmark = pytest.mark.django_db
PAGE = "/choir/newsletter/"


@pytest.fixture
def group(register):
    return Group.objects.create(register=register, name="Newsletter")


@pytest.fixture
def page(choir, register, group):
    add_field(register=register, label="Interests", type="multiple_choice", options=["Music", "Food"])
    purpose = Purpose.objects.create(name="Newsletter")
    questions = [
        {"id": "q1", "type": "text", "value": {"label": "What do you eat?", "column": "attributes.diet"}},
        {
            "id": "q2",
            "type": "checkboxes",
            "value": {"label": "What do you like?", "column": "attributes.interests", "options": "Music\nFood"},
        },
        {"id": "q3", "type": "consent", "value": {"label": "Write to me.", "purpose": str(purpose.pk)}},
    ]
    home = HomePage.objects.get(pk=choir.home_page_id)
    page = home.add_child(
        instance=SignUpPage(title="Newsletter", slug="newsletter", register=register, group=group, questions=questions)
    )
    page.save_revision().publish()
    return SignUpPage.objects.get(pk=page.pk)


def typed(**changes):
    return {"first_name": "Anna", "last_name": "Virtanen", "email": "Anna@Example.org", **changes}


def sign_up(**changes):
    return Client().post(PAGE, typed(**changes))


def mailed(kind="signup.confirm"):
    """The addresses of the buttons in the mails of a kind, the oldest first."""
    letters = EmailMessage.objects.filter(kind=kind).order_by("pk").values_list("letter", flat=True)
    return [re.search(r"http://[^/]+(/choir/newsletter/(?:c|my)/[^\s\"<]+)", letter["text"])[1] for letter in letters]


def press(link, **more):
    """The button on the page to which a mail leads."""
    shown = Client().get(link).content.decode()
    return Client().post(link, {"seen": re.search(r'name="seen" value="(\w+)"', shown)[1]}, **more)


def join(**changes):
    sign_up(**changes)
    answer = press(mailed()[-1])
    assert (answer.status_code, answer["Location"]) == (303, f"{PAGE}thank-you/")
    return Contact.objects.latest("pk")


def own_link(email="anna@example.org"):
    answer = Client().post(f"{PAGE}link/", {"email": email})
    assert (answer.status_code, answer["Location"]) == (303, f"{PAGE}sent/?link")
    return mailed("signup.link")[-1]


def agreed(contact):
    return [act.granted for act in newest_acts([contact.pk])]


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


def test_who_unsubscribed_and_confirms_again_is_written_to_again(page, choir):
    stop = {"organisation_id": choir.pk, "channel": Channel.EMAIL, "address": "anna@example.org"}
    suppress(kind=SuppressionKind.UNSUBSCRIBED, **stop)
    suppress(kind=SuppressionKind.COMPLAINT, **stop)
    sign_up()
    assert "You have unsubscribed from our e-mails before" in Client().get(mailed()[0]).content.decode()
    press(mailed()[0])
    left = suppressed(organisation_id=choir.pk, channel=Channel.EMAIL, addresses=["anna@example.org"])
    assert left == {"anna@example.org": {SuppressionKind.COMPLAINT}}


def test_a_link_of_ones_own_shows_changes_and_empties_what_the_register_has(page):
    contact = join(**{"q-q1": "vegan", "q-q2": ["Music"], "q-q3": "on"})
    link = own_link()
    shown = Client().get(link).content.decode()
    assert 'value="vegan"' in shown
    assert "The details of Anna Virtanen" in shown
    changed = {**typed(first_name="Anna-Maija"), "q-q1": "", "q-q2": ["Food"], "q-q3": "on"}
    answer = Client().post(link, changed, follow=True)
    assert "Saved." in answer.content.decode()
    contact.refresh_from_db()
    assert (contact.first_name, contact.attributes) == ("Anna-Maija", {"interests": ["food"]})
    assert agreed(contact) == [True]
    del changed["q-q3"]
    Client().post(link, changed)
    assert agreed(contact) == [False]


def test_a_choice_that_the_form_does_not_offer_any_more_is_not_lost_by_saving(page):
    contact = join(**{"q-q2": ["Music", "Food"]})
    questions = [dict(child) for child in page.questions.raw_data]
    questions[1]["value"]["options"] = "Music\nTravel"
    page.questions = questions
    page.save_revision().publish()
    link = own_link()
    assert "Food" in Client().get(link).content.decode()
    Client().post(link, typed(**{"q-q2": ["Music", "Food"]}))
    contact.refresh_from_db()
    assert contact.attributes["interests"] == ["music", "food"]


def test_another_address_is_used_from_when_it_is_confirmed(page, choir):
    contact = join()
    stop = {"organisation_id": choir.pk, "channel": Channel.EMAIL}
    suppress(kind=SuppressionKind.UNSUBSCRIBED, address="anna@example.org", **stop)
    answer = Client().post(own_link(), typed(first_name="Annika", email="new@example.org"))
    assert answer["Location"] == f"{PAGE}sent/?address"
    assert "mail of your new address" in Client().get(answer["Location"]).content.decode()
    contact.refresh_from_db()
    assert (contact.first_name, contact.email) == ("Annika", "Anna@Example.org")
    assert EmailMessage.objects.filter(kind="signup.confirm").latest("pk").address == "new@example.org"
    assert "Your new address" in Client().get(mailed()[-1]).content.decode()
    press(mailed()[-1])
    contact.refresh_from_db()
    assert contact.email == "new@example.org"
    assert suppressed(addresses=["new@example.org"], **stop) == {"new@example.org": {SuppressionKind.UNSUBSCRIBED}}
    assert Contact.objects.count() == 1


def test_who_leaves_is_out_of_the_group_and_has_taken_back_the_consent(page, group):
    contact = join(**{"q-q3": "on"})
    answer = Client().post(own_link(), {"leave": "1"})
    assert answer["Location"] == f"{PAGE}left/"
    assert not Contact.objects.in_group(group)
    assert agreed(contact) == [False]
    assert Contact.objects.get() == contact


def test_leaving_a_page_without_group_and_consents_stops_all_campaigns(page, choir):
    page.group, page.questions = None, []
    page.save_revision().publish()
    join()
    Client().post(own_link(), {"leave": "1"})
    stops = suppressed(organisation_id=choir.pk, channel=Channel.EMAIL, addresses=["anna@example.org"])
    assert stops == {"anna@example.org": {SuppressionKind.UNSUBSCRIBED}}


def test_who_leaves_finds_no_more_letters_however_they_came_there(page, choir, group, anna, register):
    """A member of a group below, and somebody who was in none and had agreed to nothing."""
    below = Group.objects.create(register=register, name="Below", parent=group)
    add_to_group(group=below, contacts=[anna.pk])
    Client().post(own_link(), {"leave": "1"})
    assert not Contact.objects.in_group(group)
    stops = {"organisation_id": choir.pk, "channel": Channel.EMAIL, "addresses": ["anna@example.org"]}
    assert not suppressed(**stops)
    Client().post(mailed("signup.link")[0], {"leave": "1"})
    assert suppressed(**stops) == {"anna@example.org": {SuppressionKind.UNSUBSCRIBED}}


def test_nobody_confirms_what_they_were_not_shown(page):
    sign_up()
    shown = Client().get(mailed()[0]).content.decode()
    seen = re.search(r'name="seen" value="(\w+)"', shown)[1]
    sign_up(first_name="Else", **{"q-q3": "on"})
    for sent in (seen, "", "forged"):
        answer = Client().post(mailed()[0], {"seen": sent})
        assert "with other words" in answer.content.decode()
    assert not Contact.objects.exists()


def test_a_link_opens_nothing_from_another_address_than_its_owners(page, anna, register):
    link = own_link()
    letter = EmailMessage.objects.get()
    save_contact(register=register, contact=anna, values={"email": "new@example.org"}, source="test")
    assert Client().get(link).status_code == Client().post(link, {"leave": "1"}).status_code == 410
    later = page.personal_url(Contact.objects.get(), letter=letter)
    assert Client().get(later[later.index("/choir/") :]).status_code == 410


def test_what_the_desk_has_changed_meanwhile_is_not_written_over(page, anna, register):
    link = own_link()
    seen = re.search(r'name="seen" value="(\w+)"', Client().get(link).content.decode())[1]
    save_contact(register=register, contact=anna, values={"diet": "fish"}, source="test")
    answer = Client().post(link, {**typed(first_name="Annika"), "q-q1": "", "seen": seen}).content.decode()
    assert "Here they are as they stand now." in answer
    assert 'value="fish"' in answer
    anna.refresh_from_db()
    assert (anna.first_name, anna.attributes) == ("Anna", {"diet": "fish"})


def test_mailed_links_go_on_when_the_page_gets_another_address(page, anna):
    sign_up()
    links = [mailed()[0], own_link()]
    page.slug = "letters"
    page.save_revision().publish()
    Redirect.objects.update_or_create(old_path="/choir/newsletter", defaults={"redirect_link": "/choir/letters/"})
    for link in links:
        answer = Client().get(link, follow=True)
        assert (answer.status_code, answer.request["PATH_INFO"]) == (200, link.replace("newsletter", "letters"))


def test_what_waits_goes_with_its_page(page):
    sign_up()
    page.delete()
    assert not EmailMessage.objects.exists()


def test_links_are_mailed_to_the_address_alone_and_now_and_then(page, anna):
    for email in ("nobody@example.org", "", "\x00", "x" * 5_000):
        assert Client().post(f"{PAGE}link/", {"email": email}).status_code == 303
    assert not EmailMessage.objects.exists()
    own_link()
    own_link()
    assert list(EmailMessage.objects.values_list("address", flat=True)) == ["anna@example.org"]


def test_forged_old_and_foreign_links_lead_nowhere(page, anna, register):
    sign_up()
    confirm, own = mailed()[0], own_link()
    other = save_contact(register=register, values={"first_name": "B", "email": "b@example.org"}, source="test")
    number, rest = own.removeprefix(f"{PAGE}my/").split("-", 1)
    day, signature = rest.split("-", 1)  # with the mark of the address before it
    for forged in (
        f"my/{other.pk}-{rest}", f"my/{number}-{int(day) + 1}-{signature}", f"my/{number}/", "my/x/", "c/x/",
        f"c/{number}-{rest}", own.removeprefix(PAGE).replace("my/", "c/"),
        confirm.removeprefix(PAGE).replace("c/", "my/"),
    ):  # fmt: skip
        assert Client().get(f"{PAGE}{forged.rstrip('/')}/").status_code == 404
        assert Client().post(f"{PAGE}{forged.rstrip('/')}/").status_code == 404
    SignUp.objects.all().delete()
    assert Client().get(confirm).status_code == Client().post(confirm).status_code == 410
    anna.delete()
    assert Client().get(own).status_code == 404


def test_a_link_of_ones_own_ends_after_half_a_year(page, anna, monkeypatch):
    link = own_link()
    monkeypatch.setattr("sites.signups.links._today", lambda: timezone.now().toordinal() + 181)
    answer = Client().get(link)
    assert answer.status_code == 410
    assert "Get a new link" in answer.content.decode()


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
    assert strict.post(PAGE, typed()).status_code in (403, 404)


def test_too_many_forms_from_one_network_are_turned_back(page, monkeypatch):
    monkeypatch.setattr("sites.signups.doors.PER_MINUTE", 1)
    sign_up()
    answer = sign_up(email="b@example.org")
    assert answer.status_code == 429
    assert "b@example.org" in answer.content.decode()
    assert SignUp.objects.count() == 1


def test_the_desk_tells_who_came_and_gives_the_forms_for_other_sites(page, cast):
    contact = join(**{"q-q2": ["Music"]})
    index = cast.editor.client.get(reverse("events:sign_ups")).content.decode()
    assert reverse("events:sign_up_page", args=[page.pk]) in index
    shown = cast.editor.client.get(reverse("events:sign_up_page", args=[page.pk]))
    assert reverse("registers:contact", args=[contact.pk]) in shown.content.decode()
    join_html, link_html = shown.context["join_snippet"], shown.context["link_snippet"]
    assert f'/s/{page.pk}/" method="post"' in join_html
    assert all(f'name="{name}"' in join_html for name in ("email", "first_name", "q-q1", "q-q2", "q-q3", "subject"))
    assert "csrf" not in join_html + link_html
    assert AccessLog.objects.filter(action="list", count=1).exists()


def test_who_deletes_the_group_or_the_register_reads_which_page_needs_it(page, cast, group, register):
    asked = cast.editor.client.get(reverse("registers:delete_group", args=[group.pk])).content.decode()
    assert "People who sign up on these pages join no group then: “Newsletter”." in asked
    asked = cast.owner.client.get(reverse("registers:delete", args=[register.pk])).content.decode()
    assert "Sign-up page: Newsletter" in asked


def test_a_campaign_can_ask_everybody_to_look_at_their_details(page, cast, anna):
    chosen = cast.editor.client.get(reverse("events:sign_up_page", args=[page.pk])).context["ask_url"]
    asked = cast.editor.client.get(chosen)
    assert asked.context["form"].initial["invites_to"].pk == page.pk
    link = page.personal_url(anna).removeprefix("http://localhost:8000")
    assert "Virtanen" in Client().get(link[link.index("/choir/") :]).content.decode()


def test_a_group_of_another_register_and_a_column_it_lacks_are_refused(page, cast, choir):
    """And a page is made in the admin, with a question that fills a column."""
    other = create_register(name="Others")
    add = reverse("wagtailadmin_pages:add", args=["sites", "signuppage", choir.home_page_id])
    question = ("text", {"label": "Diet?", "column": "attributes.diet", "help_text": "", "required": ""})
    form = {
        "title": "Club",
        "slug": "club",
        "intro": rich_text("<p>Join us</p>"),
        "thanks": rich_text(""),
        "register": other.pk,
        "group": page.group_id,
        "name_question": "optional",
        "phone_question": "off",
        "questions": streamfield([question]),
        "comments": inline_formset([]),
        "action-publish": "1",
    }
    choice = ("radio", {"label": "Kind?", "column": "attributes.interests", "help_text": "", "options": "Music\nJazz"})
    wrong = nested_form_data({**form, "questions": streamfield([choice]), "register": page.register_id})
    refused = cast.editor.client.post(add, wrong).context["form"].errors.as_text()
    assert "The answers to “Kind?” cannot be saved into “Interests”: “Jazz”" in refused
    refused = cast.editor.client.post(add, nested_form_data(form)).context["form"].errors.as_text()
    assert "This group is of another register." in refused
    assert "saves into a column that the register “Others” does not have" in refused
    form |= {"register": page.register_id}
    made = cast.editor.client.post(add, nested_form_data(form), follow=True).content.decode()
    club = SignUpPage.objects.get(slug="club")
    assert (club.live, club.definition.questions[0].column) == (True, "attributes.diet")
    assert reverse("events:sign_up_page", args=[club.pk]) in made
