"""What the screens of registers share: header, breadcrumbs, forms."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.template.response import SimpleTemplateResponse
from django.urls import reverse, reverse_lazy
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy
from wagtail.admin.views.generic.base import BaseListingView

from organisations import reach
from organisations.models import Role
from organisations.roles import has_role
from organisations.views import OrganisationTemplateView, OrganisationView
from registers.models import Register
from registers.reach import sees_whole

SHOWN = 3  # registers for each of which a list has a button; the others are in its menu
HOME = {"url": reverse_lazy("wagtailadmin_home"), "label": gettext_lazy("Home")}
REGISTERS = {"url": reverse_lazy("registers:index"), "label": gettext_lazy("Registers")}


class RegisterMixin:
    """A view below one register, whose id stands in the URL as `register_pk`.

    It is there for those who see the whole register. With `in_part` also for those who see some of its groups only:
    then all that it shows and does goes through the default managers.
    """

    kwargs: dict[str, Any]
    request: HttpRequest
    page_title: Any
    in_part = False

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if reach.is_limited() and not self.in_part and not sees_whole(self.register.pk):
            raise Http404
        response: HttpResponseBase = super().dispatch(request, *args, **kwargs)  # type: ignore[misc]
        return response

    @cached_property
    def register(self) -> Register:
        register: Register = get_object_or_404(Register, pk=self.kwargs["register_pk"])
        return register

    @cached_property
    def may_edit(self) -> bool:
        return has_role(self.request.user, Role.EDITOR)

    @cached_property
    def may_manage(self) -> bool:
        """Whether what is about the register as a whole is theirs to change."""
        return self.may_edit and sees_whole(self.register.pk)

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        register = {"url": self.register_url, "label": self.register.name}
        return [HOME, REGISTERS, register, *self.trail(), {"url": "", "label": self.get_page_title()}]

    def trail(self) -> list[dict[str, Any]]:
        """What stands between the register and this page: {"url", "label"} of each."""
        return []

    @property
    def register_url(self) -> str:
        return reverse("registers:contacts", args=[self.register.pk])

    def get_page_title(self) -> str:
        return str(self.page_title)


class LocalTimeMixin:
    """Times are typed and shown as on the clocks where the organisation lives. First of the bases of a view."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        organisation = getattr(request, "organisation", None)
        with timezone.override(organisation.zone if organisation else None):
            response: HttpResponseBase = super().dispatch(request, *args, **kwargs)  # type: ignore[misc]
            if isinstance(response, SimpleTemplateResponse):
                response.render()
        return response


class ListView(OrganisationView, BaseListingView):
    """A list in Wagtail's manner, for whoever may look."""

    required_role = Role.VIEWER
    paginate_by = 50

    @cached_property
    def may_edit(self) -> bool:
        return has_role(self.request.user, Role.EDITOR)

    @cached_property
    def registers(self) -> list[Register]:
        """In which a group or a segment may be made."""
        return [register for register in Register.objects.all() if sees_whole(register.pk)]

    def add_buttons(self, kind: type[Any], registers: list[Register], *, words: str, route: str) -> list[Any]:
        """One for each of these registers, called by its name in `words` ("Add group to %(register)s")."""
        return [
            kind(words % {"register": register.name}, url=reverse(route, args=[register.pk]), icon_name="plus")
            for register in (registers if self.may_edit else ())
        ]

    @cached_property
    def may_found(self) -> bool:
        """Whether they may add what belongs to the organisation as a whole: nobody who sees a part only."""
        return self.may_edit and not reach.is_limited()


class DeletionView(OrganisationTemplateView):
    """Says what goes for good and what stays; `post` of the class below deletes it."""

    template_name = "registers/confirm_delete.html"
    header_icon = "bin"

    def asked(self) -> dict[str, Any]:
        """`question`, `consequence`, `act` (on the button, which is not there without) and `back_url`, for the page;
        `needed`, who cannot do without it."""
        raise NotImplementedError

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | self.asked()
