"""The start of a campaign: from here on its content and its recipients stand."""

import logging
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.core.exceptions import EmptyResultSet, ValidationError
from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from campaigns import schedule
from campaigns.audiences import check_audience, recipients
from campaigns.consents import refusals
from campaigns.invitations import Invitation
from campaigns.limits import MayNotSend, eyes_at_start
from campaigns.suppression import CHUNK, Traffic, stopped_among
from campaigns.wallclock import spoken
from guards.chunks import in_chunks
from mailer.merging.fields import offer_for
from mailer.merging.tags import check_tags
from mailer.models import EmailCampaign, EmailMessage, EmailPage, Link, Sender
from mailer.outbox.dead_ends import dead_ends
from mailer.outbox.senders import Identity, identity_of, may_write
from mailer.outbox.sending import wake_campaign
from mailer.rendering import CompiledEmail, CompileError, compile_email
from mailer.rendering.urls import page_url
from mailer.transports import setup_problem
from organisations import reach, scope
from organisations.wake import job
from registers.absences import AWAY
from registers.access import log_access
from registers.limits import kept
from registers.models import Channel
from registers.reach import Reach

logger = logging.getLogger(__name__)

State = EmailMessage.State

_INSERT = """
INSERT INTO mailer_emailmessage
    (organisation_id, campaign_id, contact_id, address, address_key, traffic, state, suppressed_by, message_id)
SELECT %s, %s, recipient.id, recipient.email, recipient.email_key, 'bulk',
       CASE WHEN recipient.deceased OR recipient.away THEN 'suppressed' ELSE 'queued' END,
       CASE WHEN recipient.deceased THEN 'deceased' WHEN recipient.away THEN 'away' ELSE '' END,
       replace(gen_random_uuid()::text, '-', '') || '@' || %s
FROM ({recipients}) AS recipient (id, email, email_key, deceased, away)
"""


class NotReady(Exception):
    """The campaign cannot be sent as it is. `problems` say to the editor what to change."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__(" ".join(problems))
        self.problems = problems


@job
def start_campaign(campaign_id: int) -> bool:
    """Start a campaign that is due: compile, fix the recipients, wake the workers. Once, however often it is called."""
    related = ("organisation", "page", "sender", "invites_to", "confirmed_by")
    campaign = EmailCampaign.unscoped.select_related(*related).get(pk=campaign_id)
    with scope.organisation(campaign.organisation_id), translation.override(campaign.organisation.language):
        try:
            started = _start(campaign)
        except NotReady as error:
            schedule.block(campaign=campaign, problem="\n".join(error.problems))
            return False
    if started:
        # The planner knows nothing yet of the rows that were just added, and would read them all for each claim.
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE mailer_emailmessage")
    return started


@transaction.atomic
def _start(campaign: EmailCampaign) -> bool:
    if not schedule.begin(campaign=campaign):
        return False
    reached = _reach_of(campaign)
    compiled = prepare(campaign)
    identity = from_identity(campaign)
    EmailCampaign.objects.filter(pk=campaign.pk).update(
        compiled=compiled.to_json(),
        reach=None if reached is None else kept(reached),
        web_url=page_url(campaign.page) if campaign.page else campaign.web_url,
        from_name=identity.name,
        from_address=identity.address,
        reply_to=identity.reply_to,
    )
    Link.objects.bulk_create(
        Link(campaign=campaign, position=position, url=link.display, label=link.label[:300])
        for position, link in enumerate(compiled.links)
    )
    count = _insert_messages(campaign, identity, reached)
    _refuse_what_has_gone(campaign)
    if not count:
        _refuse_empty(campaign, reached)
    _set_suppressed_aside(campaign)
    _set_unwilling_aside(campaign)
    going = EmailMessage.objects.filter(campaign=campaign, traffic=Traffic.BULK, state=State.QUEUED).count()
    log_access(user=campaign.confirmed_by, action="send", subject=campaign, count=going)
    logger.info("Campaign %d has started with %d recipients.", campaign.pk, count)
    wake_campaign(campaign.pk)
    return True


def _reach_of(campaign: EmailCampaign) -> Reach | None:
    try:
        return eyes_at_start(campaign)
    except MayNotSend as error:
        raise NotReady([str(error)]) from error


@reach.lifted()  # it tells of nobody, and is the organisation's
def prepare(campaign: EmailCampaign) -> CompiledEmail:
    """The published e-mail, compiled. Raises NotReady with all that keeps the campaign from being sent."""
    problems = [problem for problem in (setup_problem(), *_missing(campaign)) if problem]
    compiled = None
    try:
        compiled = _letter_of(campaign)
    except NotReady as error:
        problems += error.problems
    if compiled is not None:
        problems += _dead_ends(campaign, compiled)
    if problems or compiled is None:
        raise NotReady(problems)
    return compiled


def _dead_ends(campaign: EmailCampaign, compiled: CompiledEmail) -> list[str]:
    """Why links would lead to nothing when it leaves; a test to oneself may go before all is ready."""
    at = _leaves_at(campaign)
    invitation = _invitation(campaign, compiled)
    problem = invitation.why_not_now(at) if invitation else ""
    others = dead_ends(campaign.page, at=at) if campaign.page else []
    return [problem, *(other for other in others if other != problem)] if problem else others


def remarks(campaign: EmailCampaign, compiled: CompiledEmail | None) -> list[str]:
    """What one should know of the event before confirming; it keeps nothing from being sent."""
    invitation = _invitation(campaign, compiled)
    remark = invitation.remark(_leaves_at(campaign)) if invitation else ""
    if campaign.invites_to and compiled and invitation is None:
        remark = _("It has no personal link to “%(event)s”: no button to the reply, and no card of this event.")
        remark %= {"event": campaign.invites_to.title}
    return [each for each in (remark, _invited_before(campaign) if invitation else "") if each]


def _invited_before(campaign: EmailCampaign) -> str:
    """That another has invited to the same event; not where the audience is one of its own, as the unanswered are."""
    guests = f"event:{campaign.invites_to_id}:"
    if reach.is_limited() or all(ref.startswith(guests) for ref in campaign.audience.get("include", ())):
        return ""  # who sees a part only is told of nobody else's campaigns
    # Those without an e-mail of their own are reminders to the unanswered.
    sent = EmailCampaign.objects.filter(
        invites_to_id=campaign.invites_to_id, page__isnull=False, started_at__isnull=False
    ).exclude(pk=campaign.pk)
    last = sent.order_by("started_at").last()
    if last is None or last.started_at is None:
        return ""
    says = _(
        "“%(name)s” has invited to the same event on %(when)s: who got both is asked twice. To ask only those who have "
        "not replied, choose the unanswered of the event."
    )
    return says % {"name": last.name, "when": spoken(last.started_at, campaign.organisation.zone)}


def needs_its_event(campaign: EmailCampaign) -> bool:
    """Whether its letter has personal links to the page it invites to, so that it does not leave without that."""
    try:
        return _invitation(campaign, _letter_of(campaign)) is not None
    except NotReady:
        return False  # it waits anyway, for another reason


def _letter_of(campaign: EmailCampaign) -> CompiledEmail | None:
    """What it would send, as published; None where there is nothing yet. Raises NotReady."""
    if campaign.compiled is not None and brings_its_letter(campaign):
        return CompiledEmail.from_json(campaign.compiled)
    # The row of a live page is what was published; newer drafts are revisions only.
    return compile_letter(campaign, campaign.page) if campaign.page is not None and campaign.page.live else None


def _invitation(campaign: EmailCampaign, compiled: CompiledEmail | None) -> Invitation | None:
    """What its personal links lead to, where it has any."""
    page = campaign.invites_to.specific if campaign.invites_to else None
    return page if compiled and "personal_url" in compiled.needs and isinstance(page, Invitation) else None


def _leaves_at(campaign: EmailCampaign) -> datetime:
    now = timezone.now()
    return max(campaign.scheduled_at or now, now)


@reach.lifted()
def compile_letter(campaign: EmailCampaign, page: EmailPage) -> CompiledEmail:
    """A version of the campaign's e-mail, compiled. Raises NotReady with what must be changed in it."""
    invitation = campaign.invites_to.specific if campaign.invites_to else None
    problems = []
    if not page.subject.strip():
        problems.append(_("The e-mail has no subject."))
    try:
        compiled = compile_email(page, organisation=campaign.organisation, invitation=invitation)
    except CompileError as error:
        raise NotReady([*problems, str(error)]) from error
    problems += unknown_fields(compiled, page)
    if "personal_url" in compiled.needs and not isinstance(invitation, Invitation):
        problems.append(
            _("The e-mail has a button to a personal reply. Choose the page that this campaign invites to.")
        )
    if problems:
        raise NotReady(problems)
    return compiled


def unknown_fields(compiled: CompiledEmail, page: EmailPage) -> list[str]:
    """What is wrong with merge fields that the register had when the e-mail was written, and has no more."""
    offer = offer_for(page.register)
    problems = []
    for key in sorted(compiled.fields - {field.key for field in offer.fields}):
        try:
            check_tags(f"{{{{ {key} }}}}", offer.fields, of=offer.of)
        except ValidationError as error:
            problems += error.messages
    return problems


def brings_its_letter(campaign: EmailCampaign) -> bool:
    """Whether it was made by the product with a compiled letter, a reminder for example: it has no page to compile."""
    return campaign.page is None and campaign.compiled is not None


def from_identity(campaign: EmailCampaign) -> Identity:
    """Who the campaign is from: the sender, by the name that the e-mail gives it."""
    identity = identity_of(campaign.sender, campaign.organisation)
    name = (campaign.page.sender_name if campaign.page else "") or identity.name
    return Identity(name, identity.address, identity.reply_to)


def _missing(campaign: EmailCampaign) -> list[str]:
    problems = []
    if campaign.page is None:
        if not brings_its_letter(campaign):
            problems.append(_("Choose the e-mail to send."))
    elif not campaign.page.live:
        problems.append(
            _("The e-mail “%(title)s” is not ready yet. Open it and choose “Save as ready”.") % {"title": campaign.page}
        )
    if campaign.sender is None:
        made = Sender.objects.exists()
        none = _("There is no sender yet. Make one under Settings, Senders; then choose it here.")
        problems.append(_("Choose a sender.") if made else none)
    elif not may_write(campaign.sender, campaign.organisation):
        problems.append(_("The sender's address cannot be used. Change it under Senders."))
    if not campaign.audience.get("include"):
        problems.append(_("Choose who gets it."))
    try:
        check_audience(campaign.audience)
    except ValidationError as error:
        problems += error.messages
    return problems


def _insert_messages(campaign: EmailCampaign, identity: Identity, reached: Reach | None) -> int:
    """One row per address, made in the database: 100,000 in seconds."""
    chosen = recipients(campaign.audience).values_list("pk", "email", "email_key", "deceased", "away")
    with reach.limited(reached):  # the groups and segments are looked up by now; their people are within reach
        try:
            sql, params = chosen.query.sql_with_params()
        except EmptyResultSet:
            return 0
    with connection.cursor() as cursor:
        cursor.execute(
            _INSERT.format(recipients=sql), [campaign.organisation_id, campaign.pk, identity.domain, *params]
        )
        return int(cursor.rowcount)


def _refuse_empty(campaign: EmailCampaign, reached: Reach | None) -> None:
    """A reminder just ends: who was to be reminded has answered meanwhile."""
    if reached is not None:
        raise NotReady([_("Nobody would get it: whoever confirmed it may not see anybody in the audience any more.")])
    if not brings_its_letter(campaign):
        raise NotReady([_("Nobody was in its audience when it was to start, so nothing was sent.")])


def _refuse_what_has_gone(campaign: EmailCampaign) -> None:
    """A group that was deleted while the letter was made was nobody: who was to be left out would be written to."""
    with reach.lifted():
        try:
            check_audience(campaign.audience)
        except ValidationError as error:
            raise NotReady(error.messages) from error


def _set_suppressed_aside(campaign: EmailCampaign) -> None:
    """Those who must not be written to now are shown at once; they are asked for again at each claim."""
    rows: Any = EmailMessage.objects.filter(campaign=campaign, traffic=Traffic.BULK)
    # A stronger reason takes the place of a leave.
    addresses = list(rows.filter(Q(state=State.QUEUED) | Q(suppressed_by=AWAY)).values_list("address_key", flat=True))
    _set_aside(rows, stopped_among(addresses, organisation_id=campaign.organisation_id, channel=Channel.EMAIL))


def _set_unwilling_aside(campaign: EmailCampaign) -> None:
    """The same for those who have not agreed to what it is for."""
    if campaign.purpose_id is None:
        return
    rows: Any = EmailMessage.objects.filter(campaign=campaign, traffic=Traffic.BULK, state=State.QUEUED)
    people = list(rows.values_list("address_key", "contact__register"))
    _set_aside(rows, refusals(people, purpose_id=campaign.purpose_id, channel=Channel.EMAIL))


def _set_aside(rows: Any, reasons: Mapping[str, str]) -> None:
    by_reason: dict[str, list[str]] = {}
    for address, reason in reasons.items():
        by_reason.setdefault(reason, []).append(address)
    for reason, some in by_reason.items():
        for part in in_chunks(some, CHUNK):
            rows.filter(address_key__in=part).update(state=State.SUPPRESSED, suppressed_by=reason)
