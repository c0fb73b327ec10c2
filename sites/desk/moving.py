"""Telling the guests that time or place have changed, or that they know already."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from wagtail.admin import messages
from wagtail.admin.forms import WagtailAdminModelForm

from guards.ids import row_id
from organisations.figures import number
from organisations.models import Role
from sites import moves
from sites.audiences import UNANSWERED
from sites.dates import when
from sites.desk.base import EventDeskView
from sites.desk.inviting import campaign_url
from sites.models import EventMessage
from sites.models.messages import MessageKind
from sites.reaching import reach_of
from sites.report import numbers_of


class NewsForm(WagtailAdminModelForm):
    """The words of this one mail; those of the event stay as they are."""

    class Meta:
        model = EventMessage
        fields = ["subject", "body"]


class MovingView(EventDeskView):
    """A change of time or place; nothing is done where it is settled, or another has come after it."""

    required_role = Role.EDITOR

    @cached_property
    def move(self) -> moves.Move | None:
        return moves.open_move(self.event)

    def is_current(self) -> bool:
        return self.move is not None and row_id(self.request.POST.get("change")) == self.move.now.pk

    def outdated(self) -> HttpResponse:
        if self.move is None:
            messages.info(self.request, _("This is done already: nobody is written to again."))
            return redirect(self.event_url())
        messages.warning(self.request, _("The event was changed once more meanwhile. Look at it again."))
        return redirect(self.event_url("tell_change"))


class TellChangeView(MovingView):
    """Says how many will be told, and in which words; then tells them."""

    template_name = "sites/desk/tell_change.html"

    def get_page_title(self) -> str:
        return _("Tell the guests")

    def form(self, data: Any = None) -> NewsForm:
        first = self.event.message(MessageKind.CHANGED)
        text = EventMessage(kind=MessageKind.CHANGED, subject=first.subject, body=first.body)
        return NewsForm(data, instance=text, for_user=self.request.user)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        reach = reach_of(self.move.guests)._asdict() if self.move else {}
        context = {"move": self.move, **self.said(), **reach, "form": self.form(), **kwargs}
        context["unanswered"] = numbers_of(self.event).unanswered
        context["write_url"] = campaign_url(
            self.event, name=_("%(event)s: changed"), audience=f"event:{self.event.pk}:{UNANSWERED}"
        )
        return {**super().get_context_data(**context), "media": context["form"].media}

    def said(self) -> dict[str, str]:
        """When and where, as guests read it: as they know it, and as it is now."""
        if self.move is None:
            return {}
        zone, named = self.event.zone, self.event.is_abroad
        return {
            name: ", ".join(filter(None, (when(said.starts_at, said.ends_at, zone, name_zone=named), said.where)))
            for name, said in (("before", self.move.before), ("now", self.move.now))
        }

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if self.move is None or not self.is_current():
            return self.outdated()
        form = self.form(request.POST)
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(form=form))
        told = reach_of(self.move.guests).told
        words = form.instance
        if moves.tell(move=self.move, subject=words.subject, body=words.body, user=request.user):
            text = ngettext(
                "The news is on its way to %(count)s person.", "The news is on its way to %(count)s people.", told
            )
            messages.success(request, text % {"count": number(told)})
        return redirect(self.event_url())


class GuestsKnowView(MovingView):
    """They know: nobody is written to."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return redirect(self.event_url())

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if self.move is None or not self.is_current():
            return self.outdated()
        if moves.dismiss(move=self.move, user=request.user):
            messages.success(request, _("Noted: your guests know of the change. Nobody is written to."))
        return redirect(self.event_url())
