"""The sign-up pages, and one with its numbers, what to copy into one's own web site, and who came by it."""

from typing import Any

from django.core.paginator import Paginator
from django.db.models import Count, Max, Q
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin.widgets.button import HeaderButton

from organisations.models import Organisation, Role
from organisations.roles import has_role
from registers.access import log_access
from registers.warnings import warn_of
from sites.desk.base import DeskView
from sites.desk.inviting import campaign_url
from sites.models import SignUp, SignUpPage
from sites.signups.joining import who_left
from sites.signups.snippet import join_snippet, link_snippet

PER_PAGE = 50


def own_pages(organisation: Organisation) -> Any:
    """The sign-up pages of an organisation, with how many people have come by each."""
    home = organisation.home_page
    pages = SignUpPage.objects.descendant_of(home) if home else SignUpPage.objects.none()
    joins, confirmed = Q(sign_ups__moves=False), Q(sign_ups__confirmed_at__isnull=False)
    return pages.select_related("register", "group").annotate(
        joined=Count("sign_ups__contact", filter=joins & confirmed, distinct=True),
        waiting=Count("sign_ups", filter=joins & ~confirmed, distinct=True),
        last=Max("sign_ups__confirmed_at", filter=joins),
    )


class SignUpView(DeskView):
    header_icon = "form"
    index = "events:sign_ups"
    index_label = gettext_lazy("Sign-up pages")


class SignUpPagesView(SignUpView):
    template_name = "sites/desk/sign_ups.html"
    page_title = gettext_lazy("Sign-up pages")

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [*self.breadcrumbs_items, {"url": "", "label": _("Sign-up pages")}]

    def add_url(self) -> str:
        home = self.organisation.home_page_id
        if not home or not has_role(self.request.user, Role.EDITOR):
            return ""
        return reverse("wagtailadmin_pages:add", args=["sites", "signuppage", home])

    def get_header_buttons(self) -> list[Any]:
        add = self.add_url()
        return [HeaderButton(_("Add a sign-up page"), url=add, icon_name="plus")] if add else []

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        pages = Paginator(own_pages(self.organisation).order_by("title", "pk"), PER_PAGE)
        shown = pages.get_page(self.request.GET.get("p"))
        return {**super().get_context_data(**kwargs), "pages": shown, "add_url": self.add_url()}


class SignUpPageView(SignUpView):
    """404 for the id of anything but a sign-up page of the organisation."""

    template_name = "sites/desk/sign_up.html"
    page: SignUpPage

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        organisation = getattr(request, "organisation", None)
        if organisation is not None:
            self.page = get_object_or_404(own_pages(organisation), pk=kwargs["sign_up_page_id"])
            self.page.organisation = organisation

    def get_page_title(self) -> str:
        return self.page.title

    def trail(self) -> list[dict[str, str]]:
        return [{"url": "", "label": self.page.title}]

    def get_header_buttons(self) -> list[Any]:
        if not has_role(self.request.user, Role.EDITOR):
            return []
        edit = reverse("wagtailadmin_pages:edit", args=[self.page.pk])
        return [HeaderButton(_("Edit the page"), url=edit, icon_name="edit")]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        page = self.page
        joined = SignUp.objects.filter(page=page, moves=False, confirmed_at__isnull=False)
        newest = joined.order_by("contact_id", "-confirmed_at", "-pk").distinct("contact_id")  # of each person
        rows = SignUp.objects.filter(pk__in=newest.values("pk")).select_related("contact")
        shown = Paginator(rows.order_by("-confirmed_at", "-pk"), PER_PAGE).get_page(self.request.GET.get("p"))
        left = who_left(page=page, contacts=[row.contact_id for row in shown])
        for row in shown:
            row.left_at = left.get(row.contact_id)
        warn_of(list(shown))
        if shown:
            log_access(user=self.request.user, action="list", subject=f"register:{page.register_id}", count=len(shown))
        is_open = page.live and not page.get_view_restrictions().exists()
        sender = has_role(self.request.user, Role.EDITOR) and page.live
        audience = f"group:{page.group_id}" if page.group_id else f"register:{page.register_id}"
        return {
            **super().get_context_data(**kwargs),
            "sign_up_page": page,
            "joined": shown,
            "join_snippet": join_snippet(page) if is_open else "",
            "link_snippet": link_snippet(page) if is_open else "",
            "is_open": is_open,
            "ask_url": campaign_url(page, name=_("Check your details: %(event)s"), audience=audience) if sender else "",
        }
