"""The conversation history on a contact's page: adding to it, changing and deleting what was written."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin import messages

from organisations.views import ChangeFormView, FormView
from registers.forms.notes import NoteForm
from registers.models import Contact, Note
from registers.notes import add_note, change_note, delete_note, may_change
from registers.views.base import DeletionView, LocalTimeMixin
from registers.views.contacts import ContactMixin


class AddNoteView(LocalTimeMixin, ContactMixin, FormView):
    in_part = True
    page_title = gettext_lazy("New note")
    header_icon = "comment"
    submit_label = gettext_lazy("Add to the history")
    template_name = "registers/form.html"

    def get_form(self, data: Any = None, files: Any = None) -> forms.Form:
        return NoteForm(data)

    def save(self, form: Any) -> str:
        add_note(contact=self.contact, author=self.request.user, **form.cleaned_data)
        messages.success(self.request, _("The note is in the history of %(name)s.") % {"name": self.contact})
        return self.contact_url


class NoteMixin(ContactMixin):
    """A view for whoever may change one note; it is there for others, too, but not for their pen."""

    @cached_property
    def note(self) -> Note:
        note: Note = get_object_or_404(Note.objects.select_related("contact__register"), pk=self.kwargs["pk"])
        return note

    @cached_property
    def contact(self) -> Contact:
        return self.note.contact

    def check_pen(self) -> None:
        if not may_change(self.note, self.request.user):
            raise PermissionDenied


class EditNoteView(LocalTimeMixin, NoteMixin, ChangeFormView):
    in_part = True
    page_title = gettext_lazy("Change the note")
    header_icon = "comment"
    template_name = "registers/form.html"

    def get_form(self, data: Any = None, files: Any = None) -> forms.Form:
        self.check_pen()
        note = self.note
        return NoteForm(data, initial={"text": note.text, "kind": note.kind, "at": note.at})

    def save(self, form: Any) -> str:
        change_note(note=self.note, user=self.request.user, **form.cleaned_data)
        messages.success(self.request, _("The note is saved."))
        return self.contact_url


class DeleteNoteView(NoteMixin, DeletionView):
    in_part = True
    page_title = gettext_lazy("Delete the note")

    def asked(self) -> dict[str, Any]:
        self.check_pen()
        return {
            "question": _("Delete this note about %(name)s?") % {"name": self.contact},
            "consequence": _(
                "It will be gone for good. Its documents stay with the contact. That it was deleted, and by whom, "
                "stands in the log."
            ),
            "act": _("Delete 1 note"),
            "back_url": self.contact_url,
        }

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.check_pen()
        delete_note(note=self.note, user=request.user)
        messages.success(request, _("The note is deleted."))
        return redirect(self.contact_url)
