"""By whom lists of pages may be filtered: those who made and changed the organisation's own pages.

Wagtail offers whoever has made a page anywhere, and the sites of all, and so names the people of each organisation to
the others.
"""

from typing import Any

from django.http import HttpRequest
from wagtail.admin.views.pages.listing import GenericPageFilterSet, PageFilterSet
from wagtail.models import Page, PageLogEntry

from organisations.admin_api import limit_pages
from organisations.models import User


def offer_own_people_only() -> None:
    for filters in (PageFilterSet, GenericPageFilterSet):
        filters.base_filters["owner"].queryset = owners
        filters.base_filters["edited_by"].queryset = editors
        filters.base_filters.pop("site", None)  # an organisation has one at most


def owners(request: HttpRequest) -> Any:
    return User.objects.filter(pk__in=own_pages(request).values("owner"))


def editors(request: HttpRequest) -> Any:
    edits = PageLogEntry.objects.filter(action="wagtail.edit", page__in=own_pages(request).values("pk"))
    return User.objects.filter(pk__in=edits.values("user"))


def own_pages(request: HttpRequest) -> Any:
    return limit_pages(Page.objects.order_by(), request)
