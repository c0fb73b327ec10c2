"""The reminder to those who have not answered. It is bulk traffic: nobody asked for it, so it goes as a campaign of its
own, with a stop link, the suppression that campaigns obey, and a report."""

from typing import TYPE_CHECKING

from django.db import transaction
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext as _

from campaigns.models import Campaign
from mailer.merging.tags import Tag
from mailer.models import EmailCampaign
from mailer.outbox.freezing import start_campaign
from mailer.outbox.senders import default_sender
from mailer.rendering.compiled import CompiledEmail
from mailer.rendering.look import look_of
from mailer.rendering.mail import Mail, finish
from mailer.rendering.richtext import rich_html, rich_plain
from mailer.rendering.slots import Slots
from organisations.wake import wake
from sites import letters
from sites.audiences import unanswered
from sites.invited import invited_for
from sites.models.messages import EventMessage, MessageKind
from sites.models.seats import Round

if TYPE_CHECKING:
    from sites.models.rsvp import RsvpPage

OF_A_REPLY = ("party_size", "position")


@transaction.atomic
def start_reminder(*, page: "RsvpPage", round_: Round) -> None:
    """Make the campaign of a round and set it going, once: the round is finished in the same transaction.

    None is made where everybody has answered, or nobody was invited.
    """
    now = timezone.now()
    if not Round.objects.filter(pk=round_.pk, finished_at=None).update(finished_at=now):
        return
    if not unanswered(page.pk).exists():
        return
    campaign = EmailCampaign.objects.create(
        name=_("Reminder: %(event)s") % {"event": page.title[:120]},
        state=Campaign.State.SCHEDULED,
        scheduled_at=now,
        audience={"include": [f"event:{page.pk}:unanswered"], "exclude": []},
        invites_to=page,
        purpose_id=invited_for(page.pk),  # who has withdrawn their consent since is not reminded
        sender=default_sender(),
        compiled=compile_reminder(page, page.message(MessageKind.REMINDER_UNANSWERED)).to_json(),
        web_url=page.event_url,
        created_by=round_.started_by,
    )
    wake("default", start_campaign, campaign.pk)


def compile_reminder(page: "RsvpPage", message: EventMessage) -> CompiledEmail:
    """The reminder with the event's own facts filled in; what is of the contact stays to be merged."""
    known = {
        "event": page.title,
        "when": page.when,
        "where": page.where,
        "reply_by": letters.reply_by(page),
        "organisation": page.organisation.name,
    }

    def fill(tag: Tag) -> Tag:
        if tag.key in known:
            return Tag(f"event:{tag.key}", known[tag.key] or tag.fallback)
        return Tag("event:", tag.fallback) if tag.key in OF_A_REPLY else tag

    mail = Mail(look=look_of(page.organisation), slots=Slots(placeholder=fill), invitation=page)
    facts = letters.facts(page)
    label = letters.button_label(message.kind)
    link = mail.personal_link(label)
    context = {
        "mail": mail,
        "body": rich_html(message.body, mail.slots),
        "facts": facts,
        "label": mail.html(label),
        "href": link,
    }
    facts_text = "\n".join(f"{name}: {words}" for name, words in facts)
    return finish(
        mail,
        subject=message.subject,
        preheader="",
        body_html=render_to_string("mailer/letters/body.html", context),
        body_text="\n\n".join([rich_plain(message.body, mail.slots), facts_text, f"{label}:\n{link}"]),
        reason=_("You get this because you were invited to %(event)s.") % {"event": page.title},
    )
