import asyncio
import smtplib
import threading
from contextlib import contextmanager

import pytest
from django.db import connections
from wagtail.rich_text import RichText
from wagtail.test.utils.form_data import inline_formset, nested_form_data, rich_text, streamfield

from mailer.editing.tree import create_email_index
from mailer.mailbox.server import serve
from mailer.models import EmailPage
from organisations import scope
from registers.models import Contact, Field, Register


class Mailbox:
    """The practice mailbox as its process runs it, in a thread."""

    def __init__(self):
        self.port = 0
        self._loop = asyncio.new_event_loop()
        self._stopping = None
        self._listening = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def _run(self):
        asyncio.set_event_loop(self._loop)

        async def main():
            self._stopping = asyncio.Event()
            await serve("127.0.0.1", 0, stopping=self._stopping, listening=self._heard)

        self._loop.run_until_complete(main())

    def _heard(self, port):
        self.port = port
        self._listening.set()

    def __enter__(self):
        self._thread.start()
        assert self._listening.wait(5)
        return self

    def __exit__(self, *_exc):
        self._loop.call_soon_threadsafe(self._stopping.set)
        self._thread.join(5)
        self._loop.close()

    @contextmanager
    def client(self):
        with smtplib.SMTP("127.0.0.1", self.port, timeout=10) as smtp:
            yield smtp


@pytest.fixture
def mailbox(transactional_db):
    with Mailbox() as box:
        yield box
    connections.close_all()


@pytest.fixture
def register(cast):
    with scope.organisation(cast.choir.pk):
        register = Register.objects.create(name="Members")
        Field.objects.create(register=register, key="hobby", label="Hobby", type="text")
        Field.objects.create(register=register, key="city", label="City of work", type="text")
    return register


@pytest.fixture
def contact(cast, register):
    with scope.organisation(cast.choir.pk):
        return Contact.objects.create(
            register=register,
            first_name="Änni <3",
            last_name="O'Hara",
            email="anni@example.org",
            city="Åbo",
            attributes={"hobby": "Choir & cake", "city": "Turku"},
        )


def email_index(organisation):
    return create_email_index(organisation=organisation)


@pytest.fixture
def index(cast):
    return email_index(cast.choir)


@pytest.fixture
def page(index):
    page = EmailPage(
        title="Autumn invitation",
        slug="autumn",
        subject="Welcome, {{ first_name|friend }}",
        preheader="An evening together",
        body=[
            ("heading", {"text": "Hello {{ first_name|friend }}", "size": "h1"}),
            ("text", RichText("<p>Dear {{ first_name|friend }}, come and <b>sing</b>.</p>")),
            ("button", {"label": "Reply", "target": "event", "page": None, "url": ""}),
        ],
    )
    return index.add_child(instance=page)


@pytest.fixture
def form(page, register):
    """What the page editor posts; keyword arguments change it."""

    def data(**changes):
        fields = {
            "title": "Autumn invitation",
            "slug": "autumn",
            "subject": "Welcome, {{ first_name|friend }}",
            "preheader": "",
            "sender_name": "",
            "register": str(register.pk),
            "body": streamfield(
                [
                    ("heading", {"text": "Hello", "size": "h1"}),
                    ("text", rich_text("<p>Dear {{ first_name|friend }}</p>")),
                ]
            ),
            "comments": inline_formset([]),
        }
        return nested_form_data(fields | changes)

    return data
