"""Documents about a contact: adding, opening and deleting them."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils.functional import cached_property
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin import messages

from guards.ids import row_id
from organisations import reach
from organisations.models import Role
from organisations.views import FormView, OrganisationView
from registers.access import log_access
from registers.documents import add_document, delete_document, private_files, space
from registers.models import Contact, ContactDocument, Note
from registers.views.base import DeletionView
from registers.views.contacts import ContactMixin


class DocumentForm(forms.Form):
    file = forms.FileField(
        label=gettext_lazy("File"),
        allow_empty_file=True,  # what is wrong with it is said by the upload door
        help_text=gettext_lazy("A PDF, a picture, an office document or plain text. Only your team can open it."),
    )


class AddDocumentView(ContactMixin, FormView):
    """`?note=`, `?appointment=` or `?follow_up=` say what of the contact's it belongs to."""

    in_part = True
    page_title = gettext_lazy("New document")
    header_icon = "doc-full"
    submit_label = gettext_lazy("Add document")
    template_name = "registers/document_form.html"
    form_is_multipart = True

    @cached_property
    def parent(self) -> dict[str, Any]:
        for name, model in ContactDocument.PARENTS.items():
            if asked := self.request.GET.get(name):
                rows = model.objects.filter(contact=self.contact)  # type: ignore[attr-defined]
                return {name: get_object_or_404(rows, pk=row_id(asked))}
        return {}

    @property
    def lead(self) -> str:
        """What it will belong to, in words."""
        for row in self.parent.values():
            words = f"{row.label}: {row.text}" if isinstance(row, Note) else str(row)
            return _("Belongs to “%(what)s”") % {"what": Truncator(words).chars(100)}
        return ""

    def get_form(self, data: Any = None, files: Any = None) -> forms.Form:
        _known = self.parent  # 404 before anything is read
        return DocumentForm(data, files)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {
            "space": None if reach.is_limited() else space(),
            "lead": self.lead,
        }

    def save(self, form: Any) -> str:
        document = add_document(
            contact=self.contact, file=form.cleaned_data["file"], user=self.request.user, **self.parent
        )
        messages.success(self.request, _("“%(file)s” is kept.") % {"file": document})
        return self.contact_url


class DocumentMixin(ContactMixin):
    @cached_property
    def document(self) -> ContactDocument:
        rows = ContactDocument.objects.select_related("contact__register")
        document: ContactDocument = get_object_or_404(rows, pk=self.kwargs["pk"], contact__register__leaving=False)
        return document

    @cached_property
    def contact(self) -> Contact:
        return self.document.contact


class DownloadView(DocumentMixin, OrganisationView):
    """The only door to the file. A browser saves it, and shows nothing of it on our own address."""

    in_part = True
    required_role = Role.VIEWER

    def get(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        document = self.document
        try:
            file = private_files().open(document.stored_name)
        except FileNotFoundError:
            raise Http404 from None
        log_access(user=request.user, action="export", subject=self.contact, purpose=_("Document opened"))
        response = FileResponse(file, as_attachment=True, filename=document.name, content_type=document.content_type)
        response["X-Content-Type-Options"] = "nosniff"
        response["Content-Security-Policy"] = "default-src 'none'; sandbox"
        response["Cache-Control"] = "private, no-store"
        return response


class DeleteDocumentView(DocumentMixin, DeletionView):
    in_part = True
    page_title = gettext_lazy("Delete the document")

    def asked(self) -> dict[str, Any]:
        return {
            "question": _("Delete “%(file)s” of %(name)s?") % {"file": self.document, "name": self.contact},
            "consequence": _("The file will be gone for good."),
            "act": _("Delete 1 document"),
            "back_url": self.contact_url,
        }

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        delete_document(document=self.document, user=request.user)
        messages.success(request, _("The document is deleted."))
        return redirect(self.contact_url)
