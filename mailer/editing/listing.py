"""The list of e-mails: Wagtail's list of pages, in the words of those who write letters."""

from typing import ClassVar

from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.ui.components import MediaContainer
from wagtail.admin.ui.tables import Column
from wagtail.admin.ui.tables.pages import PageStatusColumn
from wagtail.admin.views.pages.listing import ExplorableIndexView
from wagtail.admin.viewsets.pages import PageViewSet
from wagtail.admin.widgets.button import HeaderButton

from mailer.models import EmailPage


class EmailStatusColumn(PageStatusColumn):
    """Draft, ready, or ready with changes; a ready e-mail leads to its version on the web."""

    cell_template_name = "mailer/email/status_cell.html"


class EmailListView(ExplorableIndexView):
    """All children are e-mails without children: their type and the way further down say nothing here."""

    results_template_name = "mailer/email/list_results.html"
    base_columns: ClassVar[list[Column]] = [
        EmailStatusColumn("status", label=_("Status"), sort_key="live", width="12%")
        if column.name == "status"
        else column
        for column in ExplorableIndexView.base_columns
        if column.name != "type"
    ]

    @cached_property
    def explorable_columns(self) -> list[Column]:
        return [column for column in self.columns if column.name != "parent"]

    def get_add_url(self) -> str | None:
        if not self.permissions.can_add_subpage():
            return None
        return reverse("wagtailadmin_pages:add", args=["mailer", "emailpage", self.parent_page.pk])

    @cached_property
    def add_button(self) -> HeaderButton | None:
        return HeaderButton(_("New e-mail"), url=self.add_url, icon_name="plus") if self.add_url else None

    def get_side_panels(self) -> MediaContainer:
        return MediaContainer()  # the list itself is neither live nor private


class EmailPageViewSet(PageViewSet):
    model = EmailPage
    index_view_class = EmailListView


@hooks.register("register_admin_viewset")
def register_email_pages() -> EmailPageViewSet:
    return EmailPageViewSet()
