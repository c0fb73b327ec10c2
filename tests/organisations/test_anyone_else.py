"""What is not there for anybody else, on the addresses that are open to the public: neither for who is signed out nor
for an editor of another organisation. The admin's own addresses are asked in test_wall.py."""

import pytest
from django.contrib.auth.models import Group
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from wagtail.models import CollectionViewRestriction, PageViewRestriction

from mailer.models import EmailIndexPage, EmailPage
from organisations import scope
from organisations.models import Document
from registers.books import create_register
from registers.contacts import save_contact
from registers.documents import add_document
from sites.models import ContentPage, HomePage, RsvpPage, SignUpPage
from tests.organisations.treasure import SECRET

pytestmark = pytest.mark.django_db
FILE = b"%PDF-1.7\n% " + SECRET.encode()


@pytest.fixture(params=["signed out", "editor of another organisation"])
def somebody(request, cast) -> Client:
    return Client() if request.param == "signed out" else cast.stranger.client


@pytest.fixture
def choir(cast):
    with scope.organisation(cast.choir.pk):
        yield cast.choir


@pytest.fixture
def register(choir):
    return create_register(name="Members")


@pytest.fixture
def drafts(choir, register):
    """A page of each type that has an address, none of them published."""
    home = HomePage.objects.get(pk=choir.home_page_id)
    pages = [
        ContentPage(title=SECRET, slug="content"),
        RsvpPage(title=SECRET, slug="event", starts_at=timezone.now(), register=register, capacity=10),
        SignUpPage(title=SECRET, slug="sign-up", register=register),
        EmailPage(title=SECRET, slug="letter", subject=SECRET),
    ]
    for page in pages:
        page.live = False
        (EmailIndexPage.objects.child_of(home).get() if isinstance(page, EmailPage) else home).add_child(instance=page)
        page.save_revision()
    return pages


def path_of(page) -> str:
    return page.get_url_parts()[2]


def asked(client: Client, path: str) -> list[tuple[int, bool]]:
    """How a GET and a POST are answered, and whether the secret is told."""
    answers = [method(path) for method in (client.get, client.post)]
    return [(answer.status_code, SECRET.encode() in body(answer)) for answer in answers]


def body(answer) -> bytes:
    return b"".join(answer.streaming_content) if answer.streaming else answer.content


NOT_THERE = [(404, False)] * 2


def test_a_draft_is_not_there(drafts, register, somebody):
    _content, event, sign_up, _letter = drafts
    anna = save_contact(register=register, values={"first_name": SECRET, "email": "a@example.org"}, source="test")
    doors = [path_of(page) for page in drafts]
    doors += [f"{path_of(event)}{door}/" for door in ("thank-you", "waiting", "full", "closed", "calendar")]
    personal = event.personal_url(anna).removeprefix("http://localhost:8000")
    doors += [personal, f"/s/{sign_up.pk}/"]
    for door in doors:
        assert asked(somebody, door) == NOT_THERE, door
    for page in drafts:
        page.get_latest_revision().publish()
        assert (200, True) in asked(somebody, path_of(page)), f"{page.slug} is not there for anybody"
    assert (200, True) in asked(somebody, personal)


def test_what_is_written_and_not_yet_published_is_not_shown(drafts, somebody):
    for page in drafts:
        page.title = "Open to all"
        page.save_revision().publish()
        page.title = f"Changed: {SECRET}"
        page.save_revision()
        answer = somebody.get(path_of(page))
        assert (answer.status_code, f"Changed: {SECRET}" in answer.text) == (200, False)


def test_a_preview_is_not_to_be_had_by_a_public_address(drafts, somebody):
    for page in drafts:
        for asked_for in ("mode=html", "in_preview_panel=true", "preview=1"):
            assert asked(somebody, f"{path_of(page)}?{asked_for}") == NOT_THERE


def test_the_door_of_a_password_is_not_there_for_a_draft(drafts, somebody):
    for page in drafts:
        closed = PageViewRestriction.objects.create(page=page, restriction_type="password", password="x")
        assert asked(somebody, f"/_util/authenticate_with_password/{closed.pk}/{page.pk}/") == NOT_THERE


def test_a_document_about_a_contact_has_no_public_address(register, somebody, cast):
    anna = save_contact(register=register, values={"first_name": "Anna"}, source="test")
    file = SimpleUploadedFile(f"{SECRET}.pdf", FILE)
    document = add_document(contact=anna, file=file, user=cast.editor.user)
    for path in (f"/documents/{document.pk}/{document.name}", f"/media/{document.stored_name}"):
        assert asked(somebody, path) == NOT_THERE
    assert body(cast.editor.client.get(f"/admin/contact_documents/{document.pk}/")) == FILE


@pytest.fixture
def document(choir):
    """One of the library, which is there to be linked from hosted pages."""
    return Document.objects.create(
        title="Programme", collection=choir.collection, file=ContentFile(FILE, name="programme.pdf")
    )


def test_a_document_of_the_library_opens_by_its_number_and_name_together(document, somebody):
    assert asked(somebody, document.url)[0] == (200, True)
    for path in (
        f"/documents/{document.pk}/",
        f"/documents/{document.pk}/other.pdf",
        f"/documents/{document.pk + 1}/{document.filename}",
        f"/media/{document.file.name}",
    ):
        assert asked(somebody, path) == NOT_THERE


@pytest.mark.parametrize("kind", ["password", "groups"])
def test_a_document_of_a_closed_collection_is_kept_from_who_may_not_see_it(choir, document, somebody, kind):
    """The operator may close one. Who is left out is asked for the password, or to sign in."""
    closed = CollectionViewRestriction.objects.create(
        collection=choir.collection, restriction_type=kind, password="let me in"
    )
    closed.groups.set(Group.objects.filter(name="nobody's"))
    answer = somebody.get(document.url)
    assert (answer.status_code, SECRET.encode() in body(answer)) == ({"password": 200, "groups": 302}[kind], False)
    assert asked(somebody, f"/media/{document.file.name}") == NOT_THERE
