"""What a published page becomes in the mail: pictures, columns, the event, footer, links."""

import datetime as dt

import pytest
from wagtail.images import get_image_model
from wagtail.images.tests.utils import get_test_image_file
from wagtail.rich_text import RichText

from mailer.merging.fields import values_for_many
from mailer.models import EmailCampaign
from mailer.rendering import CompileError, compile_email
from organisations import scope
from registers.models import Contact
from sites.models import HomePage, RsvpPage

URLS = {"unsubscribe_url": "https://k/u/", "web_url": "https://k/w/", "personal_url": "https://k/own/"}


@pytest.fixture
def event(cast, register):
    home = HomePage.objects.get(pk=cast.choir.home_page_id)
    with scope.organisation(cast.choir.pk):
        page = home.add_child(
            instance=RsvpPage(
                title="Winter <songs>",
                slug="winter",
                starts_at=dt.datetime(2027, 1, 15, 18, 0, tzinfo=dt.UTC),
                register=register,
                place="The hall",
                capacity=10,
                largest_party=2,
            )
        )
        page.save_revision().publish()
        return RsvpPage.objects.get(pk=page.pk)


def compiled(cast, page, body, **options):
    page.body = body
    page.save()
    page.refresh_from_db()
    with scope.organisation(cast.choir.pk):
        return compile_email(page, organisation=cast.choir, **options)


def test_the_event_card_leads_to_the_recipients_own_reply(cast, page, event):
    mail = compiled(cast, page, [("event", {"page": None, "button": "Reply"})], invitation=event)
    out = mail.personalise({}, urls=URLS)
    assert "Winter &lt;songs&gt;" in out.html
    assert 'href="https://k/own/"' in out.html
    assert "Winter <songs>\nWhen: " in out.text
    assert "Where: The hall" in out.text
    assert "Reply:\nhttps://k/own/" in out.text
    assert [link.display for link in mail.links] == ["{{ personal_url }}"]


def test_the_card_of_another_event_leads_to_its_public_page(cast, page, event):
    mail = compiled(cast, page, [("event", {"page": event, "button": "Reply"})], invitation=None)
    out = mail.personalise({}, urls=URLS)
    assert "personal_url" not in mail.needs
    assert event.event_url in out.text


def test_a_personal_reply_to_no_event_is_refused_in_words(cast, page):
    with pytest.raises(CompileError, match="no event or sign-up page is chosen"):
        compiled(cast, page, [("button", {"label": "Reply", "target": "event", "page": None, "url": ""})])


def test_the_web_version_leads_to_the_events_public_page(cast, page, event, client):
    page.body = [("event", {"page": None, "button": "Reply"})]
    page.save()
    assert "Winter" not in client.get(page.get_url()).content.decode()  # nothing says which event
    with scope.organisation(cast.choir.pk):
        EmailCampaign.objects.create(name="Autumn", page=page, invites_to=event)
    html = client.get(page.get_url()).content.decode()
    assert "Winter &lt;songs&gt;" in html
    assert f'href="{event.event_url}"' in html
    assert "/r/" not in html


def picture(cast, **parts):
    image = get_image_model().objects.create(
        title="Lake", file=get_test_image_file(size=parts.get("size", (1600, 1200))), collection=cast.choir.collection
    )
    image.contextual_alt_text, image.decorative = parts.get("alt", 'A "calm" lake'), parts.get("decorative", False)
    return ("picture", {"picture": image, "caption": "At dawn", "link": parts.get("link", "https://x.example/")})


@pytest.fixture
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def test_a_picture_is_sharp_no_wider_than_the_mail_and_has_words(cast, page, media, settings):
    out = compiled(cast, page, [picture(cast)]).personalise({}, urls=URLS)
    assert 'width="536"' in out.html
    assert "alt='A \"calm\" lake'" in out.html
    assert f'src="{settings.BASE_URL}/media/images/' in out.html
    assert "width-1072" in out.html
    assert '[A "calm" lake]\nAt dawn\nhttps://x.example/' in out.text


def test_a_small_picture_is_not_blown_up_and_a_decorative_one_is_silent(cast, page, media):
    out = compiled(cast, page, [picture(cast, size=(120, 90), decorative=True, link="")]).personalise({}, urls=URLS)
    assert 'width="120"' in out.html
    assert 'alt=""' in out.html
    assert "[" not in out.text


def test_writing_from_the_right_and_words_wider_than_the_mail_keep_to_it(cast, page):
    arabic = "<p>{{ first_name }}، مرحبا</p><p>Hello</p><ul><li>شكرا</li></ul>"
    body = [("heading", {"text": "אהלן", "size": "h1"}), ("text", RichText(arabic))]
    html = compiled(cast, page, body).personalise({}, urls=URLS).html
    assert html.count('dir="rtl"') == html.count("text-align:right") == 3
    assert "word-break:break-word" in html


def test_columns_stand_side_by_side_and_one_after_the_other_in_plain_text(cast, page, media):
    body = [
        (
            "columns",
            {
                "left": [("heading", {"text": "Left, {{ first_name|you }}", "size": "h2"}), picture(cast)],
                "right": [("text", RichText("<p>Right</p>"))],
            },
        )
    ]
    out = compiled(cast, page, body).personalise({}, urls=URLS)
    assert 'width="256"' in out.html
    assert out.text.index("Left, you\n---------\n\n") < out.text.index("Right")


def test_the_footer_says_who_writes_why_and_how_to_stop(cast, page):
    cast.choir.postal_address = "Kaamos Choir\nSatamakatu 5\n94100 Kemi"
    cast.choir.contact_email = "hello@choir.example"
    out = compiled(cast, page, [("text", RichText("<p>Hi</p>"))]).personalise({}, urls=URLS)
    for words in ("Kaamos Choir", "Satamakatu 5", "hello@choir.example", "You get this because"):
        assert words in out.html
        assert words in out.text
    assert out.text.count("Kaamos Choir, ") == 1
    assert 'href="https://k/u/"' in out.html
    assert "Unsubscribe: https://k/u/" in out.text
    assert "Read on the web: https://k/w/" in out.text


def test_the_themes_colour_and_logo_are_used(cast, page, media):
    theme = cast.choir.theme
    theme.accent = "#8a2b5c"
    theme.logo = get_image_model().objects.create(
        title="Logo", file=get_test_image_file(size=(800, 400)), collection=cast.choir.collection
    )
    theme.save()
    out = compiled(cast, page, [("text", RichText("<p>Hi</p>"))]).personalise({}, urls=URLS)
    assert "#8a2b5c" in out.html
    assert 'alt="Kaamos Choir"' in out.html


def test_links_to_own_pages_are_absolute(cast, page, event, settings):
    body = [("text", RichText(f'<p><a linktype="page" id="{event.pk}">The event</a></p>'))]
    mail = compiled(cast, page, body)
    assert mail.links[0].display == event.event_url
    assert event.event_url.startswith(settings.BASE_URL)


def test_values_come_in_the_words_of_the_organisation_for_many_at_once(
    cast, register, contact, django_assert_max_num_queries
):
    with scope.organisation(cast.choir.pk):
        contact.birth_date = dt.date(1990, 12, 6)
        contact.language = ""
        contact.save()
        type(cast.choir).objects.update(language="fi")
        for number in range(20):
            Contact.objects.create(register=register, first_name=f"Number {number}")
        contacts = list(Contact.objects.select_related("register"))
        with django_assert_max_num_queries(4):
            values = values_for_many(contacts)
    mine = values[contact.pk]
    assert mine["first_name"] == "Änni <3"
    assert mine["city"] == "Åbo"
    assert mine["attributes.city"] == "Turku"
    assert mine["hobby"] == "Choir & cake"
    assert mine["birth_date"] == "6. joulukuuta 1990"
    assert mine["language"] == ""
    assert "deceased" not in mine
