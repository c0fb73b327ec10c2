"""Replies that come by telephone: found or added, changed and cancelled by the organiser."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from wagtail.admin import messages

from guards.ids import row_id
from organisations.models import Role
from registers.access import log_access
from registers.models import Contact
from registers.warnings import warnings_for
from sites import by_hand, counters, seats
from sites.desk.base import EventDeskView
from sites.desk.line import who_moved_up
from sites.doors.forms import answer_of
from sites.events import capacity_of, version_of
from sites.forms.desk import DeskForm
from sites.forms.mail_domains import meant
from sites.letters import people
from sites.models import Registration, RsvpPage
from sites.models.notices import NoticeKind
from sites.models.seats import State
from sites.reaching import is_reached
from sites.replies import MAIL_FOR
from sites.stages import stage_of

FOUND = 20
SAID = {
    NoticeKind.THANK_YOU: gettext_lazy("%(name)s is confirmed, %(people)s."),
    NoticeKind.WAITING: gettext_lazy("%(name)s is waiting, %(people)s."),
    NoticeKind.DECLINED: gettext_lazy("%(name)s said no."),
    NoticeKind.CANCELLED: gettext_lazy("The reply of %(name)s is cancelled."),
}


class TakesRepliesView(EventDeskView):
    """A screen on the way to a reply: none is taken any more when the event is cancelled."""

    required_role = Role.EDITOR

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        room = self.event.room_now
        if room and room.cancelled_at:
            return self.turn_back()
        response: HttpResponse = super().get(request, *args, **kwargs)
        return response

    def turn_back(self) -> HttpResponse:
        messages.warning(self.request, _("The event is cancelled, so no reply is taken any more."))
        return redirect(self.event_url())


class FindPersonView(TakesRepliesView):
    """Who has called? Somebody of the register, or somebody new."""

    template_name = "sites/desk/find_person.html"

    def get_page_title(self) -> str:
        return _("Add a reply")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        query = self.request.GET.get("q", "").strip()[:100]
        found: list[Contact] = []
        if query:
            found = list(Contact.objects.filter(register=self.event.register_id).search(query)[:FOUND])
            log_access(user=self.request.user, action="list", subject=self.event.register, count=len(found))
        known = Registration.objects.filter(page=self.event, contact__in=found)
        replied = {registration.contact_id: registration for registration in known}
        warnings = warnings_for(found)
        rows = [(contact, replied.get(contact.pk), warnings[contact.pk]) for contact in found]
        return {**super().get_context_data(**kwargs), "query": query, "rows": rows, "full": len(found) == FOUND}


class ReplyFormView(TakesRepliesView):
    """The form of the event as the organiser fills it in, over the telephone."""

    template_name = "sites/desk/reply.html"

    @property
    def contact(self) -> Contact | None:
        """Whose reply it is; None for somebody new."""
        return None

    @property
    def registration(self) -> Registration | None:
        """Their reply as it stands; None where there is none yet."""
        return None

    @property
    def version(self) -> str:
        """Stands for the reply as it is now."""
        return str(self.registration.version if self.registration else 0)

    def form(self, data: Any = None) -> DeskForm:
        return DeskForm(data, page=self.event, contact=self.contact, registration=self.registration)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if looked_at := self.registration or self.contact:
            log_access(user=request.user, action="view", subject=looked_at)
        return super().get(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        form = kwargs.pop("form", None) or self.form()
        people = {"contact": self.contact, "registration": self.registration}
        stage = stage_of(self.event, capacity_of(self.event))
        context = {"seen": self.version, **super().get_context_data(**kwargs)}
        return {**context, **people, "form": form, "stage": stage}

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = self.form(request.POST)
        if "update" in request.POST:
            form.leave_unchecked()
            return self.show(form)
        if request.POST.get("seen", self.version) != self.version:
            form.leave_unchecked()
            says = _(
                "The reply has been changed since you opened it. Look at it; to save what you have here, press again."
            )
            messages.warning(request, says)
            return self.render_to_response(self.get_context_data(form=form, seen=self.version))
        if not form.is_valid():
            return self.show(form)
        try:
            outcome = by_hand.reply_by_hand(
                page=self.event,
                contact=self.contact,
                answer=answer_of(form, version_of(self.event)),
                overrule=form.cleaned_data.get("overrule", False),
                somebody_else=form.cleaned_data.get("somebody_else", False),
            )
        except by_hand.AddressKnown as question:
            form.ask_who(question.contact)
            return self.show(form)
        except seats.EventCancelled:
            return self.turn_back()
        except seats.TooLarge as refusal:
            form.offer_to_overrule(refusal.left)
            return self.show(form)
        registration = outcome.registration
        if registration is not None:
            log_access(user=request.user, action="edit", subject=registration)
            messages.success(request, said(self.event, registration, outcome.notice, changed=outcome.changed))
            self.ask_about_the_address(form.cleaned_data.get("email") or "", registration)
        return redirect(self.event_url())

    def ask_about_the_address(self, address: str, registration: Registration) -> None:
        """Spelled over the telephone: a slip is put right in the register, where the next mail takes it from."""
        probably = meant(address)
        if probably and registration.contact_id:
            edit = messages.button(reverse("registers:edit_contact", args=[registration.contact_id]), _("Edit"))
            says = _("The address is %(address)s. Did you mean %(meant)s?")
            messages.warning(self.request, says % {"address": address, "meant": probably}, buttons=[edit])

    def show(self, form: DeskForm) -> HttpResponse:
        if number := len(form.problems()):  # what is wrong may stand far below
            says = ngettext(
                "One thing is to be mended before this can be sent",
                "%(number)s things are to be mended before this can be sent",
                number,
            )
            messages.error(self.request, says % {"number": number})
        seen = self.request.POST.get("seen", self.version)
        return self.render_to_response(self.get_context_data(form=form, seen=seen))


class AddReplyView(ReplyFormView):
    """A reply for the contact named by `?contact=`, or for somebody new."""

    @cached_property
    def contact(self) -> Contact | None:
        chosen = self.request.GET.get("contact", "")
        contacts = Contact.objects.filter(register=self.event.register_id)
        return get_object_or_404(contacts, pk=row_id(chosen)) if chosen else None

    @cached_property
    def registration(self) -> Registration | None:
        return counters.find(self.event.pk, self.contact.pk) if self.contact else None

    def get_page_title(self) -> str:
        return _("Reply of %(name)s") % {"name": self.contact} if self.contact else _("Reply of somebody new")


class ChangeReplyView(ReplyFormView):
    """A reply as it stands, to be changed. One whose person was erased can only be cancelled."""

    @cached_property
    def registration(self) -> Registration:
        rows = Registration.objects.select_related("contact", "submission").filter(contact__isnull=False)
        registration: Registration = get_object_or_404(rows, page=self.event, pk=self.kwargs["registration_id"])
        return registration

    @property
    def contact(self) -> Contact | None:
        return self.registration.contact

    def get_page_title(self) -> str:
        return _("Reply of %(name)s") % {"name": self.contact}


class CancelReplyView(EventDeskView):
    """Cancel for somebody: says what happens, then does it."""

    template_name = "sites/desk/cancel_reply.html"
    required_role = Role.EDITOR

    @cached_property
    def registration(self) -> Registration:
        rows = Registration.objects.select_related("contact")
        registration: Registration = get_object_or_404(rows, page=self.event, pk=self.kwargs["registration_id"])
        return registration

    def get_page_title(self) -> str:
        return _("Cancel a reply")

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        log_access(user=request.user, action="view", subject=self.registration)
        return super().get(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        told = is_told(self.event, State.CANCELLED) and is_reached(self.registration.contact)
        return {**super().get_context_data(**kwargs), "registration": self.registration, "told": told}

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        seating = by_hand.cancel_by_hand(page=self.event, registration_id=self.registration.pk)
        if seating.changed and seating.registration:
            log_access(user=request.user, action="edit", subject=seating.registration)
            text = said(self.event, seating.registration, NoticeKind.CANCELLED)
            if seating.promoted:
                text = f"{text} {who_moved_up(len(seating.promoted))}"
            messages.success(request, text)
        else:
            messages.info(request, _("Nothing was changed: this person is not coming anyway."))
        return redirect(self.event_url())


def said(event: RsvpPage, registration: Registration, notice: str, *, changed: bool = True) -> str:
    """What was done, in words, and whether the guest is told: not of what was so already, nor after the event."""
    values = {"name": registration.contact or _("Somebody"), "people": people(registration.party_size)}
    done = SAID[NoticeKind(notice)] % values
    if notice == NoticeKind.DECLINED or not changed or event.is_over:
        return done
    return f"{done} {about_the_mail(event, registration)}"


def about_the_mail(event: RsvpPage, registration: Registration) -> str:
    contact = registration.contact
    if not (contact and contact.email_key):
        return _("There is no e-mail address to write to.")
    if not is_told(event, registration.state):
        return _("No mail says so to them: it is switched off for this event.")
    if not is_reached(contact):
        return _("No e-mail reaches them: call them.")
    if registration.state == State.CONFIRMED:
        return _("A confirmation is on its way.")
    return _("A mail that says so is on its way.")


def is_told(event: RsvpPage, state: str) -> bool:
    """Whether a mail goes out by itself when a reply comes to `state`: an editor may have switched it off."""
    kind = MAIL_FOR.get(State(state))
    return kind is not None and event.message(kind).enabled
