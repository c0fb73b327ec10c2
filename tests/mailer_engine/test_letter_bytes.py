"""The hand-assembled letter says what ``email.message.EmailMessage`` would have said."""

from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.header import decode_header, make_header
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailer.outbox.mime import Attachment, Mail, Mailbox, MailboxError, ascii_address, assemble

WHEN = datetime(2026, 11, 24, 9, 7, tzinfo=UTC)
NASTY = "\r\nBcc: everybody@example.org\r\n\r\nhello"


def a_mail(**values):
    defaults = {
        "sender": Mailbox("kirjeet@example.org", "Käpylän Yhteiskoulu"),
        "to": Mailbox("aino@example.com", "Aino Ääkkönen"),
        "subject": "Tervetuloa",
        "text": "Hei Aino,\n\ntervetuloa!\n",
        "html": "<p>Hei Aino</p>",
        "message_id": "0c7b.41@example.org",
        "date": WHEN,
    }
    return Mail(**{**defaults, **values})


def parse(content):
    return message_from_bytes(content, policy=policy.default)


def reference(mail):
    """The same letter built by the standard library."""
    message = EmailMessage(policy=policy.SMTP)
    message["From"] = Address(mail.sender.name, addr_spec=mail.sender.address)
    message["To"] = Address(mail.to.name, addr_spec=mail.to.address)
    message["Subject"] = mail.subject
    message["Date"] = format_datetime(mail.date)
    message["Message-ID"] = f"<{mail.message_id}>"
    if mail.reply_to:
        message["Reply-To"] = mail.reply_to
    for name, value in mail.headers:
        message[name] = value
    message.set_content(mail.text)
    message.add_alternative(mail.html, subtype="html")
    for attachment in mail.attachments:
        maintype, _slash, subtype = attachment.content_type.partition("/")
        message.add_attachment(attachment.content, maintype, subtype, filename=attachment.filename)
    return parse(message.as_bytes())


def assert_same_letter(mail):
    content = assemble(mail)
    ours, theirs = parse(content), reference(mail)
    assert {k: str(v) for k, v in ours.items() if k != "Content-Type"} == {
        k: str(v) for k, v in theirs.items() if k not in ("Content-Type",)
    }
    for kind in ("plain", "html"):
        assert ours.get_body((kind,)).get_content() == theirs.get_body((kind,)).get_content()
    assert [(a.get_filename(), a.get_content_type(), a.get_payload(decode=True)) for a in ours.iter_attachments()] == [
        (a.get_filename(), a.get_content_type(), a.get_payload(decode=True)) for a in theirs.iter_attachments()
    ]
    assert not ours.defects
    assert all(not part.defects for part in ours.walk())
    return content


@pytest.mark.parametrize(
    "change",
    [
        {},
        {"subject": "Kutsu: syksyn vanhempainilta Käpylässä, ilmoittaudu perjantaina 20.11.! 🎉🎉"},
        {"subject": "A " + "long subject in plain ASCII that must be folded more than once " * 4 + "here"},
        {"sender": Mailbox("x@example.org", 'The "Friends", Ltd. \\ Co')},
        {"sender": Mailbox("x@example.org", "東京の友の会")},
        {"to": Mailbox("x@example.org")},
        {"text": "å" * 3000 + "\n.\n..\n.hidden\n", "html": "<p>" + "x" * 5000 + "</p>\n.\n"},
        {"text": "日本語のテキスト\n" * 100},
        {"text": "trailing space \nand tab\t\n= sign =3D\n--=_0c7b.41\n"},
        {"reply_to": "office@example.org"},
        {
            "headers": (
                ("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"),
                ("Feedback-ID", "41:1:kokoon"),
            )
        },
        {"attachments": (Attachment("kutsu.ics", b"BEGIN:VCALENDAR\r\n" * 40, "text/calendar"),)},
        {"attachments": (Attachment('päivä "1".pdf', bytes(range(256)) * 9, "application/pdf"),)},
    ],
)
def test_it_reads_like_the_standard_library(change):
    content = assert_same_letter(a_mail(**change))
    assert content.isascii()
    lines = content.split(b"\r\n")
    assert not any(b"\n" in line or b"\r" in line for line in lines)
    assert max(map(len, lines)) <= 998
    header = content.partition(b"\r\n\r\n")[0].split(b"\r\n")
    assert max(map(len, header)) <= 78


def decoded_name(content):
    """The name in To. The header registry puts a blank between encoded words (bpo-35547)."""
    name, _address = parseaddr(message_from_bytes(content)["To"].replace("\r\n", ""))
    return str(make_header(decode_header(name)))


def test_a_subject_that_looks_encoded_stays_as_it_was_typed():
    subject = "=?utf-8?q?looks_encoded?="
    assert parse(assemble(a_mail(subject=subject)))["Subject"] == subject


words = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Zl", "Zp")), max_size=120)


@settings(max_examples=150)
@given(subject=words, name=words, text=words, html=words)
def test_any_words_survive_the_journey(subject, name, text, html):
    mail = a_mail(subject=subject, to=Mailbox("aino@example.com", name), text=text, html=html)
    content = assemble(mail)
    parsed = parse(content)
    assert " ".join(str(parsed["Subject"]).split()) == " ".join(subject.split())
    assert " ".join(decoded_name(content).split()) == " ".join(name.split())
    assert parsed["To"].addresses[0].addr_spec == "aino@example.com"
    for kind, sent in (("plain", text), ("html", html)):
        assert (
            parsed.get_body((kind,)).get_payload(decode=True).decode()
            == sent.replace("\r\n", "\n").replace("\n", "\r\n") + "\r\n"
        )
    assert max(map(len, content.split(b"\r\n"))) <= 998


@pytest.mark.parametrize("field", ["subject", "to", "sender"])
def test_a_name_never_becomes_a_header(field):
    value = NASTY if field == "subject" else Mailbox("aino@example.com", NASTY)
    parsed = parse(assemble(a_mail(**{field: value})))
    assert "Bcc" not in parsed
    assert "everybody@example.org" not in str(parsed.get_body(("plain",)).get_content())


def test_an_address_never_becomes_a_header():
    for address in (
        "a@b.fi" + NASTY,
        "a b@example.org",
        "a@b@c.fi>",
        "<a@b.fi>",
        "a,b@c.fi",
        "nobody",
        "",
        "ä@example.org",
    ):
        with pytest.raises(MailboxError):
            assemble(a_mail(to=Mailbox(address)))


def test_a_header_value_never_becomes_a_header():
    with pytest.raises(ValueError, match="not a header"):
        assemble(a_mail(headers=(("Feedback-ID", "x" + NASTY),)))
    with pytest.raises(ValueError, match="not a header"):
        assemble(a_mail(headers=(("X: y\r\nBcc", "x"),)))


def test_a_domain_beyond_ascii_is_written_in_its_ascii_form():
    assert ascii_address("info@pääsky.fi") == "info@xn--psky-loaa.fi"
    assert ascii_address("info@straße.de") == "info@xn--strae-oqa.de", "another house than strasse.de"
    assert parse(assemble(a_mail(to=Mailbox("info@pääsky.fi"))))["To"] == "info@xn--psky-loaa.fi"
