"""The practice mailbox takes mail over SMTP, keeps it, and shows it to those who may see it."""

import re
import smtplib
from email.message import EmailMessage as Mail

import pytest
from django.db import OperationalError, connection, transaction
from django.urls import reverse

from mailer.mailbox import storing
from mailer.mailbox.server import MAX_BYTES
from mailer.models import EmailMessage, MailboxMessage
from organisations import scope
from organisations.models import User
from registers.models import AccessLog
from tests.cast import make_cast


def letter(subject="Tervetuloa, Äijä", to="anna@example.org", **parts):
    mail = Mail()
    mail["From"] = "Choir <choir@example.org>"
    mail["To"] = to
    mail["Subject"] = subject
    mail["Message-ID"] = f"<{parts.get('id', 'one')}@example.org>"
    mail.set_content(parts.get("text", "Plain words åäö"))
    mail.add_alternative(parts.get("html", "<p>HTML words <a href='https://example.org/'>here</a></p>"), subtype="html")
    mail.add_attachment(b"BEGIN:VCALENDAR", maintype="text", subtype="calendar", filename="event.ics")
    return mail


def kept(organisation, **parts):
    return MailboxMessage.objects.create(
        organisation=organisation,
        to=parts.get("to", "anna@example.org"),
        subject=parts.get("subject", "Tervetuloa"),
        sender="Choir <choir@example.org>",
        raw=letter(**parts).as_bytes(),
    )


def test_a_mail_is_kept_as_it_came_before_it_is_accepted(mailbox):
    mail = letter()
    with mailbox.client() as smtp:
        assert smtp.send_message(mail) == {}
        row = MailboxMessage.objects.get()  # committed by the time of the 250
    assert row.subject == "Tervetuloa, Äijä"
    assert row.to == "anna@example.org"
    assert row.message_id == "one@example.org"
    assert b"Plain words" in bytes(row.raw)
    assert row.organisation is None


def test_it_belongs_to_the_organisation_whose_message_it_is(mailbox):
    cast = make_cast()
    with scope.organisation(cast.choir.pk):
        sent = EmailMessage.objects.create(
            message_id="one@example.org", address="anna@example.org", traffic="test", letter={}
        )
    with mailbox.client() as smtp:
        smtp.send_message(letter())
    assert MailboxMessage.objects.get().organisation_id == sent.organisation_id


def test_bytes_that_are_no_mail_are_kept_too(mailbox):
    with mailbox.client() as smtp:
        smtp.sendmail("a@example.org", ["b@example.org"], b"Subject: =?x?q?\xff\x00broken\r\nFrom: <<<\r\n\r\n\xff\xfe")
    assert MailboxMessage.objects.count() == 1


def test_a_mail_that_is_too_large_is_refused(mailbox):
    with mailbox.client() as smtp, pytest.raises(smtplib.SMTPResponseException) as refused:
        smtp.sendmail("a@example.org", ["b@example.org"], b"x: y\r\n\r\n" + b"z" * (MAX_BYTES + 1000))
    assert refused.value.smtp_code == 552
    assert not MailboxMessage.objects.exists()


def end_other_sessions():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )


def test_it_asks_to_try_again_while_the_database_is_away_and_recovers(mailbox, monkeypatch):
    with mailbox.client() as smtp:
        smtp.send_message(letter())
        connection.ensure_connection()  # the test's own stays
        with monkeypatch.context() as away:
            away.setitem(connection.settings_dict, "HOST", "/nowhere")
            end_other_sessions()
            with pytest.raises(smtplib.SMTPDataError) as refused:
                smtp.send_message(letter())
        assert refused.value.smtp_code == 451
        smtp.send_message(letter())
    assert MailboxMessage.objects.count() == 2


def test_a_restart_of_the_database_between_two_mails_is_not_noticed(mailbox):
    with mailbox.client() as smtp:
        smtp.send_message(letter())
        end_other_sessions()
        smtp.send_message(letter(id="two"))
    assert MailboxMessage.objects.count() == 2


def test_a_mail_is_kept_once_where_the_database_ends_after_the_commit(mailbox, monkeypatch):
    commit = storing._forget_oldest

    def end_unheard():
        monkeypatch.setattr(storing, "_forget_oldest", commit)
        transaction.on_commit(end_after_it)

    def end_after_it():
        raise OperationalError("the connection is closed")

    monkeypatch.setattr(storing, "_forget_oldest", end_unheard)
    with mailbox.client() as smtp:
        smtp.send_message(letter())
    assert MailboxMessage.objects.count() == 1


def test_only_the_newest_are_kept(mailbox, monkeypatch):
    monkeypatch.setattr(storing, "KEPT", 3)
    with mailbox.client() as smtp:
        for number in range(6):
            smtp.send_message(letter(subject=f"Number {number}"))
    assert list(MailboxMessage.objects.values_list("subject", flat=True)) == ["Number 5", "Number 4", "Number 3"]


@pytest.fixture
def enabled(settings):
    settings.MAILBOX_ENABLED = True


def test_an_editor_finds_and_reads_the_mail_of_the_own_organisation(cast, enabled):
    mine = kept(cast.choir, subject="Tervetuloa kuoroon")
    listed = cast.editor.client.get(reverse("mailbox:list"), {"q": "kuoro"}).content.decode()
    assert "Tervetuloa kuoroon" in listed
    assert "practice mailbox" in listed
    none = cast.editor.client.get(reverse("mailbox:list"), {"q": "kuorro"}).content.decode()
    assert "No mail to or about “kuorro”." in none
    read = cast.editor.client.get(reverse("mailbox:read", args=[mine.pk])).content.decode()
    assert "Plain words åäö" in read
    assert "event.ics" in read
    assert "HTML words" not in read  # that stands in the frame
    looked = AccessLog.unscoped.order_by("pk").values_list("action", "subject", "user")
    who = cast.editor.user.pk
    assert list(looked) == [("list", "mailbox", who), ("view", f"mailboxmessage:{mine.pk}", who)]
    log = cast.owner.client.get(reverse("registers:access")).content.decode()
    assert re.search(r"<td[^>]*>\s*Mailbox\s*</td>", log)
    assert f'<a href="{reverse("mailbox:read", args=[mine.pk])}">Mail in the mailbox</a>' in log


def test_the_html_part_can_run_nothing(cast, enabled):
    mine = kept(cast.choir, html="<script>alert(1)</script><p>Hello</p>")
    response = cast.editor.client.get(reverse("mailbox:html", args=[mine.pk]))
    policy = response["Content-Security-Policy"]
    assert "sandbox" in policy
    assert "allow-scripts" not in policy
    assert "allow-same-origin" not in policy
    assert "default-src 'none'" in policy


@pytest.mark.parametrize("charset", [b"nonsense", b"x\x00y", b"idna"])
def test_a_mail_in_letters_that_nobody_knows_is_shown_as_well_as_it_can_be(cast, enabled, charset):
    raw = b'Content-Type: text/html; charset="%s"\r\n\r\n<p>Hello\xff</p>' % charset
    mine = MailboxMessage.objects.create(organisation=cast.choir, to="a@example.org", raw=raw)
    assert "Hello" in cast.editor.client.get(reverse("mailbox:html", args=[mine.pk])).content.decode()


def test_an_attachment_is_downloaded_never_shown(cast, enabled):
    mine = kept(cast.choir)
    response = cast.editor.client.get(reverse("mailbox:attachment", args=[mine.pk, 1]))
    assert response.content == b"BEGIN:VCALENDAR"
    assert response["Content-Disposition"] == 'attachment; filename="event.ics"'
    assert cast.editor.client.get(reverse("mailbox:attachment", args=[mine.pk, 2])).status_code == 404


@pytest.mark.parametrize("name", ["read", "html", "raw"])
def test_a_stranger_meets_404_and_sees_nothing_in_the_list(cast, enabled, name):
    mine = kept(cast.choir, subject="Tervetuloa kuoroon")
    assert cast.stranger.client.get(reverse(f"mailbox:{name}", args=[mine.pk])).status_code == 404
    assert "kuoroon" not in cast.stranger.client.get(reverse("mailbox:list")).content.decode()


def test_mail_of_no_organisation_is_the_operators(cast, enabled):
    stray = kept(None, subject="New password")
    assert cast.owner.client.get(reverse("mailbox:read", args=[stray.pk])).status_code == 404
    User.objects.filter(pk=cast.owner.user.pk).update(is_superuser=True)
    assert cast.owner.client.get(reverse("mailbox:read", args=[stray.pk])).status_code == 200


def test_who_may_not_write_mails_may_not_read_them(cast, enabled):
    mine = kept(cast.choir)
    assert cast.viewer.client.get(reverse("mailbox:read", args=[mine.pk])).status_code in (302, 403)


def test_there_is_no_mailbox_where_a_real_relay_is_used(cast, settings):
    settings.MAILBOX_ENABLED = False
    assert cast.editor.client.get(reverse("mailbox:list")).status_code == 404
    assert reverse("mailbox:list") not in cast.editor.client.get(reverse("wagtailadmin_home")).content.decode()
