"""One contact: its page with the timeline, adding, changing, deleting."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django import forms
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin import messages
from wagtail.admin.widgets.button import Button, HeaderButton

from organisations import reach
from organisations.models import Role
from organisations.views import ChangeFormView, FormView, OrganisationTemplateView
from registers.absences import absence_sentences, today
from registers.access import log_access
from registers.appointments import to_come
from registers.columns import Column, columns_by_key, columns_for, in_sections
from registers.companies import places_of
from registers.company_columns import links_in
from registers.consents import standings
from registers.contacts import delete_contacts, save_contact
from registers.couples import pairs_of
from registers.documents import attach_files, space
from registers.duplicates.former import present_id
from registers.erasure import what_stays
from registers.forms.contacts import ContactForm
from registers.forms.notes import NoteForm
from registers.forms.purposes import ConsentForm
from registers.memberships import add_to_group
from registers.models import Channel, Consent, Contact, ContactDocument, FollowUp, Group, Register
from registers.notes import may_change
from registers.purposes import purposes_of
from registers.reach import sees_whole
from registers.reasons import further_reasons, reasons_of
from registers.stars import star_of
from registers.suppression import said_no_elsewhere
from registers.texts import clean_line
from registers.timeline import timeline
from registers.values import ColumnType
from registers.views.base import DeletionView, LocalTimeMixin, RegisterMixin
from registers.warnings import LEAVE_ICON, WITHDRAWN_ICON, warnings_for

NUMBER = 9  # digits of a page's number that are believed


class ContactMixin(RegisterMixin):
    """A view of one contact; 404 for those of other organisations. Whoever is shown a page of it has looked at them.

    Of one that has been merged since, it is a view of the one that stayed.
    """

    follows_merges = True

    @cached_property
    def contact(self) -> Contact:
        contacts = Contact.objects.select_related("register").filter(register__leaving=False)
        contact: Contact | None = contacts.filter(pk=self.kwargs["pk"]).first()
        if contact is None and self.follows_merges:
            contact = contacts.filter(pk=present_id(self.kwargs["pk"])).first()
        if contact is None:
            raise Http404
        return contact

    @cached_property
    def register(self) -> Register:
        return self.contact.register

    @property
    def contact_url(self) -> str:
        return reverse("registers:contact", args=[self.contact.pk])

    def trail(self) -> list[dict[str, Any]]:
        return [{"url": self.contact_url, "label": str(self.contact)}]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)  # type: ignore[misc]
        if not getattr(self, "results_only", False):
            log_access(user=self.request.user, action="view", subject=self.contact)
        return context


class ContactView(LocalTimeMixin, ContactMixin, OrganisationTemplateView):
    required_role = Role.VIEWER
    in_part = True
    template_name = "registers/contact.html"
    header_icon = "user"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if self.contact.pk != self.kwargs["pk"]:
            return redirect(self.contact_url)
        return super().get(request, *args, **kwargs)

    def get_page_title(self) -> str:
        return str(self.contact)

    def trail(self) -> list[dict[str, Any]]:
        return []

    @cached_property
    def header_buttons(self) -> list[Any]:
        if not self.may_edit:
            return []
        return [
            HeaderButton(_("Edit"), url=reverse("registers:edit_contact", args=[self.contact.pk]), icon_name="edit")
        ]

    @cached_property
    def header_more_buttons(self) -> list[Button]:
        if not self.may_edit:
            return []
        pk = self.contact.pk
        return [
            Button(_("On leave…"), url=reverse("registers:contact_absence", args=[pk]), icon_name="calendar-alt"),
            Button(_("Delete"), url=reverse("registers:delete_contact", args=[pk]), icon_name="bin", priority=2_000),
        ]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        contact = self.contact
        columns = columns_for(self.register)
        links = links_in(columns, [contact])
        values = [
            (column, links.show(value) if column.type == ColumnType.COMPANY else column.show(value))
            for column, value in ((column, column.value(contact)) for column in columns)
        ]
        # The source stands above them, where it can be changed.
        filled = {column.key: text for column, text in values if text and column.name not in ("deceased", "source")}
        pair = pairs_of([contact]).get(contact.pk)
        context |= {
            "contact": contact,
            "register": self.register,
            "pair": pair,
            "star": star_of(contact),
            "places": places_of([contact]).get(contact.pk, []),
            "partner": pair.other(contact) if pair else None,
            "absences": absence_sentences(contact),
            # A leave stands below them, with the button that ends it; a consent that was withdrawn, with its purpose.
            "warnings": [
                row for row in warnings_for([contact])[contact.pk] if row["icon"] not in (LEAVE_ICON, WITHDRAWN_ICON)
            ],
            "sections": [
                (section, [(column.label, filled[column.key]) for column in found])
                for section, found in in_sections(column for column in columns if column.key in filled)
            ],
            "empty": [column.label for column, text in values if not text],
            "groups": (groups := list(Group.objects.filter(memberships__contact=contact))),
            "further_groups": self.further_groups(groups) if self.may_edit else [],
            "reasons": (reasons := reasons_of(contact)),
            "further_reasons": further_reasons(reasons) if self.may_edit else [],
            "standings": standings(contact, purposes_of(self.register)),
            "consent_form": ConsentForm(auto_id="consent_%s") if self.may_edit else None,
            "consents": Consent.objects.filter(contact=contact).select_related("purpose"),
            "may_edit": self.may_edit,
            "may_pair": self.may_manage,
            "may_place": self.may_edit and not reach.is_limited(),
        }
        return context | self.get_history()

    def further_groups(self, groups: list[Group]) -> list[Group]:
        return list(Group.objects.filter(register=self.register).exclude(pk__in=[group.pk for group in groups]))

    def get_history(self) -> dict[str, Any]:
        """A page of the timeline: all of it, or the notes that are searched for."""
        asked = self.request.GET
        number = asked.get("page", "")
        search, notes_only = clean_line(asked.get("q", "")), "notes" in asked
        shown = timeline(
            self.contact,
            page=int(number) if number.isascii() and number.isdigit() and len(number) < NUMBER else 1,
            search=search,
            notes_only=notes_only,
        )
        user = self.request.user
        changeable = {row.note.pk for row in shown.happenings if row.note and may_change(row.note, user)}
        follow_ups = list(FollowUp.objects.open().filter(contact=self.contact).select_related("responsible"))
        appointments = list(to_come(self.contact))
        documents = ContactDocument.objects.filter(contact=self.contact).select_related("added_by")
        loose = attach_files(list(documents), [*follow_ups, *appointments, *(row.subject for row in shown.happenings)])
        now = today()
        for follow_up in follow_ups:
            follow_up.overdue = follow_up.is_overdue(now)
        return {
            "follow_ups": follow_ups,
            "appointments": appointments,
            "files": loose,
            "space": None if reach.is_limited() else space(),
            "timeline": shown,
            "changeable": changeable,
            "note_form": NoteForm(auto_id="note_%s") if self.may_edit else None,
            "search": search,
            "notes_only": notes_only,
            "kept_query": urlencode({"q": search} if search else {"notes": "1"} if notes_only else {}),
        }


class ContactFormView(RegisterMixin, FormView):
    in_part = True
    template_name = "registers/contact_form.html"
    header_icon = "user"

    @property
    def groups_in_reach(self) -> Any:
        """None for those who see the whole register."""
        return None if sees_whole(self.register.pk) else Group.objects.filter(register=self.register)


class AddContactView(ContactFormView):
    page_title = gettext_lazy("New contact")
    submit_label = gettext_lazy("Add contact")

    def get_form(self, data: Any = None, files: Any = None) -> forms.Form:
        return ContactForm(data, register=self.register, groups=self.groups_in_reach)

    @transaction.atomic
    def save(self, form: Any) -> str:
        joins = form.cleaned_data.pop("joins", None)
        external_id = form.cleaned_data.get("external_id")
        if external_id and Contact.objects.filter(register=self.register, external_id=external_id).exists():
            raise ValidationError({"external_id": _("Another contact of this register has this external id.")})
        contact = save_contact(register=self.register, values=form.cleaned_data, source=_("by hand"), match_email=False)
        if joins is not None:
            with reach.lifted():  # not within reach before it has joined
                add_to_group(group=joins, contacts=[contact.pk], source=_("by hand"))
        log_access(user=self.request.user, action="edit", subject=contact, fields=sorted(form.changed_data))
        messages.success(self.request, _("%(name)s is in the register now.") % {"name": contact})
        same = Contact.objects.filter(register=self.register, email_key=contact.email_key).exclude(pk=contact.pk)
        if contact.email_key and (other := same.first()):
            text = _("%(name)s has the same e-mail address. A campaign sends one letter to both.")
            messages.warning(self.request, text % {"name": other})
        if "another" in self.request.POST:
            return reverse("registers:add_contact", args=[self.register.pk])
        return reverse("registers:contact", args=[contact.pk])


class EditContactView(ContactMixin, ContactFormView, ChangeFormView):
    page_title = gettext_lazy("Edit")

    @transaction.atomic
    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.contact = get_object_or_404(Contact.objects.select_for_update(no_key=True), pk=self.contact.pk)
        return super().post(request, *args, **kwargs)

    def get_form(self, data: Any = None, files: Any = None) -> ContactForm:
        return ContactForm(data, register=self.register, contact=self.contact, groups=self.groups_in_reach)

    @cached_property
    def columns(self) -> dict[str, Column]:
        return columns_by_key(self.register)

    def says(self, name: str) -> str:
        column = self.columns.get(name)
        return f"({column.show(column.value(self.contact)) or '–'})" if column else ""

    def save(self, form: Any) -> str:
        former = {channel: self.contact.address(channel) for channel in Channel.values}
        save_contact(register=self.register, values=form.cleaned_data, source=_("by hand"), contact=self.contact)
        log_access(user=self.request.user, action="edit", subject=self.contact, fields=sorted(form.changed_data))
        messages.success(self.request, _("%(name)s is saved.") % {"name": self.contact})
        self.warn_of_noes(former)
        return self.contact_url

    def warn_of_noes(self, former: dict[str, str]) -> None:
        """A stop is of an address: who asked for it at the former one would be written to at the new one."""
        self.contact.refresh_from_db()
        for channel, before in former.items():
            now = self.contact.address(channel)
            if said_no_elsewhere(organisation_id=self.organisation.pk, channel=channel, address=now, others=[before]):
                text = _("Nothing was to be sent to %(former)s any more. Campaigns will be sent to %(now)s.")
                stop = messages.button(reverse("registers:suppressions"), _("Stop that, too"))
                buttons = [] if reach.is_limited() else [stop]
                messages.warning(self.request, text % {"former": before, "now": now}, buttons=buttons)


class DeleteContactView(ContactMixin, DeletionView):
    follows_merges = False  # nobody has asked for that one to go
    required_role = Role.EDITOR
    in_part = True
    page_title = gettext_lazy("Delete")

    def asked(self) -> dict[str, Any]:
        return {
            "question": _("Delete %(name)s from the register “%(register)s”?")
            % {
                "name": self.contact,
                "register": self.register.name,
            },
            "consequence": _(
                "The contact, its history and its memberships will be gone for good. If this person asked not to be "
                "written to, that stays."
            ),
            "what_stays": what_stays(self.register, [self.contact.pk]),
            "act": _("Delete 1 contact"),
            "back_url": self.contact_url,
        }

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        register = self.register
        with transaction.atomic():
            log_access(user=request.user, action="delete", subject=self.contact)
            delete_contacts(register=register, contacts=[self.contact.pk])
        messages.success(request, _("1 contact deleted."))
        return redirect("registers:contacts", register.pk)
