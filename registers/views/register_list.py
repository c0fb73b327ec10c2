"""The list of registers, with how many people each holds."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Count, Max
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin.ui.tables import Column, DateColumn, TitleColumn
from wagtail.admin.widgets.button import HeaderButton

from registers.models import Contact, Register
from registers.removal import under_way
from registers.views.base import HOME, ListView
from registers.views.people import NumberColumn


class RegisterListView(ListView):
    page_title = gettext_lazy("Registers")
    header_icon = "user"
    index_url_name = "registers:index"
    template_name = "registers/contacts.html"
    results_template_name = "registers/register_results.html"
    default_ordering = "name"
    columns = [
        TitleColumn(
            "name",
            label=gettext_lazy("Name"),
            get_url=lambda register: reverse("registers:contacts", args=[register.pk]),
            sort_key="name",
        ),
        NumberColumn("contact_count", label=gettext_lazy("Contacts"), sort_key="contact_count"),
        Column("description", label=gettext_lazy("What it is for")),
        DateColumn("newest", label=gettext_lazy("Newest contact"), sort_key="newest"),
    ]

    def get_base_queryset(self) -> Any:
        # Counted once for all of them: by a subquery PostgreSQL may read everybody anew for each register.
        people = Contact.objects.order_by().values("register").annotate(count=Count("pk"), last=Max("pk"))
        counts, last = {}, []
        for row in people:
            counts[row["register"]] = row["count"]
            last.append(row["last"])
        newest = dict(Contact.objects.filter(pk__in=last).order_by().values_list("register", "created_at"))
        return Register.objects.annotate(
            contact_count=_by_register(counts, models.IntegerField(), default=0),
            newest=_by_register(newest, models.DateTimeField()),
        )

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        return context | {"leaving": under_way(whole=True)}

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [HOME, {"url": "", "label": _("Registers")}]

    @cached_property
    def header_buttons(self) -> list[HeaderButton]:
        if not self.may_found:
            return []
        return [HeaderButton(_("Add register"), url=reverse("registers:add"), icon_name="plus")]


def _by_register(values: dict[int, Any], field: models.Field[Any, Any], default: Any = None) -> models.Case:
    """What is known of each register by its id, for the database to sort by."""
    known = (models.When(pk=pk, then=models.Value(value)) for pk, value in values.items())
    return models.Case(*known, default=models.Value(default), output_field=field)
