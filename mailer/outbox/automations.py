"""What automations of groups do by e-mail: one of the organisation's e-mails to who joined, or word to the team."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from django import forms
from django.conf import settings as project
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from campaigns.models import Message
from mailer.answers.tracking import Addresses
from mailer.merging.fields import values_for_many
from mailer.models import EmailMessage, EmailPage, Sender
from mailer.outbox.dead_ends import dead_ends
from mailer.outbox.emails import ready_emails
from mailer.outbox.freezing import unknown_fields
from mailer.outbox.joiners import KIND, LEFT, unique_key
from mailer.outbox.senders import Identity, default_sender, identity_of, may_write, new_message_id
from mailer.outbox.sending import send_series
from mailer.outbox.transactional import queue_email
from mailer.rendering import CompiledEmail, CompileError, compile_email
from mailer.rendering.letters import render_letter
from organisations import reach
from organisations.models import Organisation, User
from organisations.roles import may_see
from organisations.wake import wake_once
from registers.automations.acts import Act, ActFailed, Outcome, State, register_act
from registers.models import Automation, AutomationRun, Contact, Group, Purpose


@reach.lifted()  # it tells of nobody
def compile_for_automation(page: EmailPage, organisation: Organisation) -> CompiledEmail:
    """Raises CompileError with what keeps the e-mail from being sent without a campaign."""
    if not page.subject.strip():
        raise CompileError(_("The e-mail has no subject."))
    compiled = compile_email(page, organisation=organisation)
    if problems := [*unknown_fields(compiled, page), *dead_ends(page, at=timezone.now())]:
        raise CompileError(" ".join(problems))
    return compiled


class SendEmail(Act):
    """Unasked for, so it counts as bulk: who has unsubscribed does not get it, and each letter says how to do that."""

    key = "send_email"
    label = gettext_lazy("Send them an e-mail")
    icon = "mail"
    in_part = True
    batch = 200

    def fields(self, group: Group) -> dict[str, forms.Field]:
        senders = Sender.objects.all()
        chosen = Automation.objects.filter(group=group, act=self.key).values_list("settings__purpose", flat=True)
        offered = Q(retired=False) | Q(pk__in=[pk for pk in chosen if pk])
        return {
            "page": forms.ModelChoiceField(
                label=_("E-mail"),
                queryset=ready_emails(),
                help_text=_("Those that are saved as ready. What is ready when somebody joins or leaves is sent."),
            ),
            "sender": forms.ModelChoiceField(
                label=_("From"), queryset=senders, initial=default_sender(), empty_label=_("Choose a sender")
            ),
            "purpose": forms.ModelChoiceField(
                label=_("Purpose"),
                queryset=Purpose.objects.filter(offered),
                required=False,
                empty_label=_("None in particular"),
                help_text=_(
                    "Who has withdrawn consent to it is left out, and in registers where the right is consent also who "
                    "has not given it."
                ),
            ),
        }

    def clean(self, values: Mapping[str, Any], group: Group) -> dict[str, Any]:
        try:
            compile_for_automation(values["page"], group.register.organisation)
        except CompileError as error:
            raise ValidationError({"page": str(error)}) from error
        if not may_write(values["sender"], group.register.organisation):
            raise ValidationError({"sender": _("The sender's address cannot be used. Choose another.")})
        purpose = values.get("purpose")
        chosen = {"page": values["page"].pk, "sender": values["sender"].pk}
        return chosen | ({"purpose": purpose.pk} if purpose else {})

    def describe(self, settings: Mapping[str, Any], group: Group) -> str:
        page = EmailPage.objects.filter(pk=settings["page"]).first()
        return _("Send the e-mail “%(title)s”") % {"title": page.title if page else "…"}

    def perform(self, automation: Automation, runs: Sequence[AutomationRun]) -> dict[int, Outcome]:
        organisation = automation.group.register.organisation
        page = ready_emails().filter(pk=automation.settings["page"]).first()
        sender = Sender.objects.filter(pk=automation.settings["sender"]).first()
        if page is None:
            raise ActFailed(_("The e-mail is gone, or not saved as ready any more."))
        if sender is None:
            raise ActFailed(_("The sender is gone. Choose another in the automation."))
        purpose = automation.settings.get("purpose")
        if purpose and not Purpose.objects.filter(pk=purpose).exists():
            raise ActFailed(_("The purpose is gone. Choose another in the automation."))
        try:
            compiled = compile_for_automation(page, organisation)
        except CompileError as error:
            raise ActFailed(str(error)) from error
        identity = identity_of(sender, organisation)
        identity = Identity(page.sender_name or identity.name, identity.address, identity.reply_to)
        contacts = Contact.objects.select_related("register").in_bulk([run.contact_id for run in runs])
        reachable = [run for run in runs if contacts[run.contact_id].email_key]
        queue_series(runs=reachable, contacts=contacts, compiled=compiled, sender=sender, identity=identity)
        outcomes = dict.fromkeys([run.pk for run in runs], Outcome(_("There is no e-mail address"), State.SKIPPED))
        return outcomes | dict.fromkeys([run.pk for run in reachable], Outcome(_("The e-mail is on its way")))

    def fates(self, runs: Collection[int]) -> dict[int, str]:
        """What became of the letters of runs, as far as that is known by now."""
        keys = {unique_key(run): run for run in runs}
        rows = EmailMessage.objects.filter(unique_key__in=list(keys)).defer("letter")
        return {keys[row.unique_key]: _fate(row) for row in rows}

    def keep_back(self, runs: Collection[int]) -> set[int]:
        """Letters that no worker is handing over."""
        keys = {unique_key(run): run for run in runs}
        open_states = (*Message.WAITING, Message.State.CLAIMED)
        rows = EmailMessage.objects.filter(unique_key__in=list(keys), state__in=open_states)
        found = dict(rows.select_for_update(skip_locked=True).values_list("pk", "unique_key"))
        EmailMessage.objects.filter(pk__in=list(found)).update(state=Message.State.CANCELLED, lease_until=None)
        return {keys[key] for key in found.values()}


def _fate(row: EmailMessage) -> str:
    states = Message.State
    if row.suppressed_by == LEFT:
        return _("Not sent: has left the group before")
    if row.state == states.SUPPRESSED:
        return _("Not sent: this person must not be written to")
    return _("E-mail: %(state)s") % {"state": states(row.state).label}


def queue_series(
    *,
    runs: Sequence[AutomationRun],
    contacts: Mapping[int, Contact],
    compiled: CompiledEmail,
    sender: Sender,
    identity: Identity,
) -> None:
    """Queue one letter for each run, in the caller's transaction; a run whose letter is there already gets no other."""
    keys = {unique_key(run.pk): run for run in runs}
    known = set(EmailMessage.objects.filter(unique_key__in=list(keys)).values_list("unique_key", flat=True))
    new = [(key, contacts[run.contact_id]) for key, run in keys.items() if key not in known]
    if not new:
        return
    rows = EmailMessage.objects.bulk_create(
        [
            EmailMessage(
                contact=contact,
                address=contact.email,
                address_key=contact.email_key,
                traffic=Message.Traffic.BULK,
                kind=KIND,
                unique_key=key,
                sender=sender,
                message_id=new_message_id(identity),
                letter={},
            )
            for key, contact in new
        ]
    )
    values = values_for_many([contact for _key, contact in new])
    for row in rows:
        addresses = Addresses(row.pk)
        urls = {"unsubscribe_url": addresses.unsubscribe, "web_url": addresses.web}
        rendered = compiled.personalise(values[row.contact_id], urls=urls)
        row.letter = {
            "subject": rendered.subject,
            "html": rendered.html,
            "text": rendered.text,
            "from_name": identity.name,
        }
    EmailMessage.objects.bulk_update(rows, ["letter"])
    wake_once("bulk", send_series, rows[0].organisation_id)


class NotifyPerson(Act):
    """One letter for all who come at once; it names nobody, for it stays in a mailbox that we cannot erase."""

    key = "notify_person"
    label = gettext_lazy("Tell somebody in the team")
    icon = "user"
    in_part = True
    batch = 5_000

    def fields(self, group: Group) -> dict[str, forms.Field]:
        return {"user": forms.ModelChoiceField(label=_("Whom"), queryset=team(group.organisation_id))}

    def clean(self, values: Mapping[str, Any], group: Group) -> dict[str, Any]:
        if not may_see(values["user"], group):
            raise ValidationError({"user": _("This person may not see the group. Choose another.")})
        return {"user": values["user"].pk}

    def describe(self, settings: Mapping[str, Any], group: Group) -> str:
        user = team(group.organisation_id).filter(pk=settings["user"]).first()
        return _("Tell %(who)s") % {"who": user or "…"}

    def perform(self, automation: Automation, runs: Sequence[AutomationRun]) -> dict[int, Outcome]:
        group, count = automation.group, len(runs)
        user = team(group.organisation_id).filter(pk=automation.settings["user"]).first()
        if user is None:
            raise ActFailed(_("This person is not in the team any more. Choose another in the automation."))
        if not may_see(user, group):
            raise ActFailed(_("This person may not see the group. Choose another in the automation."))
        if automation.on == Automation.On.JOINED:
            text = ngettext("One person joined “{{ group }}”", "{{ count }} people joined “{{ group }}”", count)
        else:
            text = ngettext("One person left “{{ group }}”", "{{ count }} people left “{{ group }}”", count)
        if count == 1:
            button = (_("Open the contact"), reverse("registers:contact", args=[runs[0].contact_id]))
        else:
            button = (_("Open the group"), reverse("registers:group", args=[group.pk]))
        letter = render_letter(
            organisation=group.register.organisation,
            subject=text,
            body_html=f"<p>{text}.</p>",
            values={"group": group.name, "count": str(count)},
            button=(button[0], project.BASE_URL + button[1]),
        )
        try:
            # The first run of a batch can only be done once, so it names the letter.
            queue_email(to=user.email, kind=KIND, unique_key=unique_key(runs[0].pk), letter=letter)
        except ValueError:
            raise ActFailed(_("This person's e-mail address cannot be written to.")) from None
        return dict.fromkeys([run.pk for run in runs], Outcome(_("Told %(who)s") % {"who": user}))


def team(organisation_id: int) -> Any:
    members = User.objects.filter(is_active=True, memberships__organisation=organisation_id)
    return members.distinct().order_by("last_name", "first_name", "pk")


register_act(SendEmail())
register_act(NotifyPerson())
