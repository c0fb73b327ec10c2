"""The two mails of a sign-up page: the link that confirms an address, and the link to one's own details."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import TYPE_CHECKING

from django.utils import timezone, translation
from django.utils.translation import gettext as _

from mailer.models import EmailMessage
from mailer.outbox.senders import default_sender
from mailer.outbox.transactional import queue_email
from mailer.rendering.letters import render_letter
from sites.models.signups import SignUp
from sites.people import called
from sites.signups import links, wording

if TYPE_CHECKING:
    from registers.models import Contact
    from sites.models.signup_pages import SignUpPage

CONFIRM, OWN_LINK = "signup.confirm", "signup.link"
State = EmailMessage.State
NOT_SENT = (State.REJECTED, State.SUPPRESSED, State.CANCELLED)
# Whoever types somebody else's address again and again does not fill their mailbox.
AGAIN_AFTER = timedelta(minutes=10)
MOST, THEN_AFTER = 5, timedelta(days=1)


def send_confirmation(*, page: SignUpPage, sign_up: SignUp) -> None:
    """Mail the link that confirms a sign-up, once in a while however often the form is sent."""
    now = timezone.now()
    pause = AGAIN_AFTER if sign_up.mails < MOST else THEN_AFTER
    if sign_up.mailed_at and sign_up.mailed_at > now - pause:
        return
    sign_up.mails += 1
    sign_up.mailed_at = now
    sign_up.save(update_fields=["mails", "mailed_at"])
    with translation.override(page.organisation.language):
        words = page.words_of(wording.CONFIRM)
        letter = render_letter(
            organisation=page.organisation,
            subject=words.subject,
            body_html=words.body,
            values=_values(page, sign_up.first_name),
            button=(_("Confirm"), f"{page.event_url}{links.confirm_suffix(sign_up)}"),
        )
        queue_email(
            contact=sign_up.contact,
            to=sign_up.email,
            kind=CONFIRM,
            unique_key=_key(sign_up.pk, sign_up.mails),
            letter=letter,
            direct_answer=True,
            sender=default_sender(),
            organisation=page.organisation,
        )


def send_own_link(*, page: SignUpPage, contact: Contact) -> None:
    """Mail somebody the link to their own details, at most three times a day."""
    now = timezone.now()
    with translation.override(page.organisation.language):
        words = page.words_of(wording.LINK)
        letter = render_letter(
            organisation=page.organisation,
            subject=words.subject,
            body_html=words.body,
            values=_values(page, contact.first_name),
            button=(_("See or change my details"), page.personal_url(contact)),
        )
        queue_email(
            contact=contact,
            to=contact.email,
            kind=OWN_LINK,
            unique_key=f"{_own_key(page)}{contact.pk}-{now:%Y%m%d}-{now.hour // 8}",
            letter=letter,
            direct_answer=True,
            sender=default_sender(),
            organisation=page.organisation,
        )


def holders(page: SignUpPage) -> int:
    """How many people have been mailed a link of their own to the page that is still good."""
    mailed = EmailMessage.objects.filter(contact__isnull=False, created_at__gt=timezone.now() - links.VALID)
    sent = mailed.exclude(state__in=NOT_SENT).order_by()
    asked = sent.filter(kind=OWN_LINK, unique_key__startswith=_own_key(page))
    invited = sent.filter(campaign__invites_to=page.pk, traffic=EmailMessage.Traffic.BULK)
    return asked.values("contact").union(invited.values("contact")).count()


def confirmations(sign_ups: Iterable[SignUp]) -> list[EmailMessage]:
    """The mails that asked to confirm these."""
    keys = [_key(sign_up.pk, number) for sign_up in sign_ups for number in range(1, sign_up.mails + 1)]
    return list(EmailMessage.unscoped.filter(unique_key__in=keys).only("pk", "message_id")) if keys else []


def _key(sign_up: int, number: int) -> str:
    return f"signup-{sign_up}-confirm-{number}"


def _own_key(page: SignUpPage) -> str:
    return f"signup-{page.pk}-link-"


def _values(page: SignUpPage, first_name: str) -> dict[str, str]:
    return {"first_name": called(first_name), "page": page.title, "organisation": page.organisation.name}
