"""The practice mailbox in the admin: a list, and a pane to read in."""

from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.http import content_disposition_header
from django.utils.translation import gettext_lazy as _
from wagtail.admin.ui.tables import Column, DateColumn, TitleColumn
from wagtail.admin.views.generic.base import BaseListingView

from mailer.mailbox.reading import AttachedFile, OpenedMail
from mailer.models import MailboxMessage
from organisations.models import Role
from organisations.views import OrganisationTemplateView, OrganisationView
from registers.access import log_access, register_list, register_subject

PER_PAGE = 50
SAFE_TO_NAME = frozenset({"text/calendar", "text/plain", "text/csv", "application/pdf"})

register_list("mailbox", _("Mailbox"))
# Not by its subject: some are for the operator alone.
register_subject(MailboxMessage, "mailbox:read", label=lambda _mail: str(_("Mail in the mailbox")), defer=["raw"])


class MailboxView(OrganisationView):
    """404 where mail goes to a real relay. Mails hold personal links, so only those who write them may read."""

    required_role = Role.EDITOR

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not settings.MAILBOX_ENABLED:
            raise Http404
        return super().dispatch(request, *args, **kwargs)

    @cached_property
    def mail(self) -> OpenedMail:
        rows = MailboxMessage.objects.seen_by(self.request.user)
        return OpenedMail(get_object_or_404(rows, pk=self.kwargs["pk"]))


class MailboxListView(MailboxView, BaseListingView):
    page_title = _("Mailbox")
    header_icon = "download"
    template_name = "mailer/mailbox/list.html"
    results_template_name = "mailer/mailbox/results.html"
    index_url_name = "mailbox:list"
    index_results_url_name = "mailbox:results"
    is_searchable = True
    search_fields = ["to", "subject"]
    default_ordering = "-pk"
    paginate_by = PER_PAGE
    verbose_name_plural = _("mails")
    columns = [
        TitleColumn(
            "subject", label=_("Subject"), accessor=str, get_url=lambda row: reverse("mailbox:read", args=[row.pk])
        ),
        Column("to", label=_("To")),
        Column("sender", label=_("From")),
        DateColumn("received_at", label=_("Received")),
    ]

    def get_base_queryset(self) -> Any:
        return MailboxMessage.objects.seen_by(self.request.user).defer("raw")

    def get_valid_orderings(self) -> list[str]:
        return ["-pk"]

    def get_context_data(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(*args, **kwargs)
        if shown := len(context["object_list"]):
            log_access(
                user=self.request.user, action="list", subject="mailbox", count=shown, fields=["email", "subject"]
            )
        return context


class ReadView(MailboxView, OrganisationTemplateView):
    template_name = "mailer/mailbox/read.html"
    header_icon = "download"

    def get_page_title(self) -> str:
        return str(self.mail.row)

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [
            *super().get_breadcrumbs_items(),
            {"url": reverse("mailbox:list"), "label": _("Mailbox")},
            {"url": "", "label": self.get_page_title()},
        ]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        log_access(user=self.request.user, action="view", subject=self.mail.row)
        return super().get_context_data(**kwargs) | {"mail": self.mail}


class HtmlView(MailboxView):
    """The HTML part by itself, for the frame in the reading pane: it may run nothing and reach nothing."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        response = HttpResponse('<base target="_blank">' + self.mail.html)
        here = urlsplit(settings.BASE_URL)
        response["Content-Security-Policy"] = (
            "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; style-src 'unsafe-inline'; "
            f"img-src 'self' data: {here.scheme}://{here.netloc} {request.scheme}://{request.get_host()}; "
            "form-action 'none'; frame-ancestors 'self'"
        )
        response["X-Frame-Options"] = "SAMEORIGIN"
        response["Referrer-Policy"] = "no-referrer"
        return response


class RawView(MailboxView):
    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        log_access(user=request.user, action="export", subject=self.mail.row, purpose=str(_("Source of a mail")))
        return _download(AttachedFile(0, f"mail-{pk}.eml", "message/rfc822", bytes(self.mail.row.raw)))


class AttachmentView(MailboxView):
    def get(self, request: HttpRequest, pk: int, number: int) -> HttpResponse:
        for file in self.mail.files:
            if file.number == number:
                return _download(file)
        raise Http404


def _download(file: AttachedFile) -> HttpResponse:
    known = file.content_type in SAFE_TO_NAME
    response = HttpResponse(file.content, content_type=file.content_type if known else "application/octet-stream")
    name = "".join(letter for letter in file.filename if letter.isprintable() and letter not in '\\/"')[:150]
    response.headers["Content-Disposition"] = (
        content_disposition_header(as_attachment=True, filename=name or "attachment") or "attachment"
    )
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "sandbox"
    return response
