"""“Why may we keep this?”: all that bears on the legal basis of one contact, on one page to print."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy

from organisations.models import Role
from organisations.views import OrganisationTemplateView
from registers.legal_bases import basis_of
from registers.reach import sees_whole
from registers.views.base import LocalTimeMixin
from registers.views.contacts import ContactMixin


class BasisView(LocalTimeMixin, ContactMixin, OrganisationTemplateView):
    in_part = True
    required_role = Role.VIEWER
    template_name = "registers/basis.html"
    page_title = gettext_lazy("Why may we keep this?")
    header_icon = "info-circle"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        return context | {
            "contact": self.contact,
            "register": self.register,
            "basis": basis_of(self.contact),
            "may_edit": self.may_manage,
            "sees_whole": sees_whole(self.register.pk),
        }
