"""What came back: the report of a campaign, the people behind each number, and the tables to take along."""

from collections.abc import Iterator
from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponseBase
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin import messages
from wagtail.admin.admin_url_finder import AdminURLFinder

from campaigns.consents import NOT_GIVEN
from campaigns.wallclock import to_wall
from guards.tables import table_response
from mailer.answers import reports
from mailer.campaigns import chart, wording
from mailer.campaigns.again import again_url
from mailer.campaigns.base import CampaignView, campaign_url
from mailer.campaigns.review import audience_labels
from mailer.models import EmailCampaign, EmailMessage
from mailer.outbox.joiners import LEFT
from organisations import reach
from organisations.figures import number
from organisations.models import Role
from organisations.roles import has_role
from registers.absences import AWAY
from registers.access import log_access
from registers.exports.records import record_export
from registers.forms.exports import ExportForm
from registers.models import SuppressionKind
from registers.warnings import warnings_for

PER_PAGE = 50
COLUMNS = (
    ("address", gettext_lazy("E-mail")),
    ("name", gettext_lazy("Name")),
    ("state", gettext_lazy("State")),
    ("reason", gettext_lazy("Reason")),
    ("handed_at", gettext_lazy("Handed over")),
    ("opened", gettext_lazy("Opened")),
    ("clicked", gettext_lazy("Clicked")),
    ("unsubscribed", gettext_lazy("Unsubscribed")),
)
ALWAYS_SHOWN = ("accepted", "unknown", "bounced")  # a nought is worth knowing too
SHOWN = ("accepted", "queued", "deferred", "unknown", "bounced", "suppressed", "cancelled")
REASONS = {
    **dict(SuppressionKind.choices),
    AWAY: gettext_lazy("On leave"),
    NOT_GIVEN: gettext_lazy("Has not given consent"),
    LEFT: gettext_lazy("Has left the group before"),
    "erased": gettext_lazy("Erased from the register"),
}
ANSWERS = ("opened", "clicked", "unsubscribed")


class ReportView(CampaignView):
    """A campaign that has started: live while it is sending, and what came back."""

    template_name = "mailer/campaigns/report.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        campaign = self.campaign
        figures = reports.figures_of(campaign)
        find = AdminURLFinder(self.request.user)
        return super().get_context_data(**kwargs) | {
            "figures": figures,
            "progress": wording.progress(figures, campaign, self.organisation),
            "outcome": wording.outcome(figures),
            "shown": [self.figure(figures, name) for name in SHOWN if name in ALWAYS_SHOWN or getattr(figures, name)],
            "answers": [self.figure(figures, name, of=figures.arrived) for name in ANSWERS],
            "by_machines": reports.opened_by_machines(campaign, figures.opened),
            "not_sent": wording.why(reports.suppressed_by(campaign)),
            "chart": chart.draw(reports.timeline_of(campaign, self.organisation.zone)),
            "links": reports.links_of(campaign),
            "subject": _written(campaign.compiled["subject"]) if campaign.compiled else "",
            "audience": audience_labels(campaign),
            # Where the user may go there: a title without a link otherwise.
            "page_url": find.get_edit_url(campaign.page) if campaign.page else None,
            "event_url": find.get_edit_url(campaign.invites_to.specific) if campaign.invites_to else None,
            "still_open": still_open(campaign),
            "is_limited": reach.is_limited(),
            "is_running": campaign.state in campaign.RUNNING,
            "again_url": again_url(campaign) if figures.accepted and has_role(self.request.user, Role.EDITOR) else "",
            "may_send": has_role(self.request.user, Role.SENDER),
            "why_no_resend": wording.why_no_resend(campaign),
        }

    def figure(self, figures: reports.Figures, name: str, of: int = 0) -> dict[str, Any]:
        value = getattr(figures, name)
        return {
            "name": name,
            "label": reports.GROUPS[name][0],
            "value": number(value),
            "share": _("%(n)d %%") % {"n": min(round(value * 100 / of), 100)} if of else "",
            "url": campaign_url("people", self.campaign.pk, name),
        }


def _written(parts: list[Any]) -> str:
    """A frozen subject, as those read it of whom nothing is known."""
    return "".join(part if isinstance(part, str) else part[2] or "…" for part in parts)


class PeopleView(CampaignView):
    """The people behind a number."""

    template_name = "mailer/campaigns/people.html"

    @property
    def group(self) -> str:
        group: str = self.kwargs["group"]
        if group not in reports.GROUPS:
            raise Http404
        return group

    def get_step(self) -> str:
        return str(reports.GROUPS[self.group][0])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        campaign = self.campaign
        people = reports.people_of(self.campaign, self.group)
        page = Paginator(people, PER_PAGE).get_page(self.request.GET.get("p"))
        log_access(
            user=self.request.user,
            action="list",
            subject=f"campaign:{self.campaign.pk}",
            count=len(page.object_list),
            fields=["email", "name", self.group],
        )
        figures = reports.figures_of(self.campaign)
        shown = reports.with_events(people).filter(pk__in=[m.pk for m in page])
        rows = list(shown.select_related("settled_by"))
        warnings = warnings_for([row.contact for row in rows if row.contact])
        context |= {
            "group": self.group,
            "rows": [(row, reason_of(row), left_by(row), warnings.get(row.contact_id, [])) for row in rows],
            "page_obj": page,
            "groups": [
                (name, label, number(figures.total if name == "all" else getattr(figures, name)))
                for name, (label, _condition) in reports.GROUPS.items()
                if name in {"all", self.group} or getattr(figures, name)
            ],
            "may_send": has_role(self.request.user, Role.SENDER),
            "may_resend": has_role(self.request.user, Role.SENDER) and campaign.state in campaign.RESENDS,
            "still_open": still_open(campaign) if self.group == "unknown" else 0,
            "why_no_resend": wording.why_no_resend(campaign),
            "may_export": has_role(self.request.user, Role.EDITOR),
        }
        return context


class ExportView(PeopleView):
    """Takes a list of people along: says what for, and which columns."""

    required_role = Role.EDITOR
    template_name = "mailer/campaigns/export.html"

    def get_step(self) -> str:
        return _("Export: %(group)s") % {"group": reports.GROUPS[self.group][0]}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = CampaignView.get_context_data(self, **kwargs)
        context.setdefault("form", ExportForm(columns=COLUMNS, initial={"columns": [key for key, _label in COLUMNS]}))
        context["group"] = self.group
        context["people"] = wording.people(reports.people_of(self.campaign, self.group).count())
        return context

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        form = ExportForm(request.POST, columns=COLUMNS)
        if not form.is_valid():
            messages.validation_error(request, _("Nothing was exported yet: please look at the fields below."), form)
            return self.render_to_response(self.get_context_data(form=form))
        columns: list[str] = form.cleaned_data["columns"]
        labels = {key: str(label) for key, label in COLUMNS}
        people = reports.with_events(reports.people_of(self.campaign, self.group))
        record_export(
            user=request.user,
            logged_as=f"campaign:{self.campaign.pk}",
            subject=f"{self.campaign.name} – {reports.GROUPS[self.group][0]}",
            purpose=form.cleaned_data["purpose"],
            fields=[labels[column] for column in columns],
            fmt=form.cleaned_data["format"],
            count=people.count(),
        )
        return table_response(
            form.cleaned_data["format"],
            f"{self.campaign.name} {reports.GROUPS[self.group][0]}",
            [labels[column] for column in columns],
            self._rows(people, columns),
        )

    def _rows(self, people: Any, columns: list[str]) -> Iterator[list[Any]]:
        zone = self.organisation.zone

        def local(moment: Any) -> Any:
            return to_wall(moment, zone).replace(microsecond=0) if moment else ""

        cells: dict[str, Any] = {
            "address": lambda row: row.address,
            "name": lambda row: row.contact.full_name if row.contact else "",
            "state": lambda row: str(row.get_state_display()),
            "reason": reason_of,
            "handed_at": lambda row: local(row.handed_at),
            "opened": lambda row: local(row.opened_at),
            "clicked": lambda row: local(row.clicked_at),
            "unsubscribed": lambda row: local(row.unsubscribed_at),
        }
        for row in people.iterator(chunk_size=2_000):
            yield [cells[column](row) for column in columns]


def reason_of(row: EmailMessage) -> str:
    """Why a message is in the state it is in, where there is something to say."""
    if row.suppressed_by:
        return str(REASONS.get(row.suppressed_by, row.suppressed_by))
    if row.state == EmailMessage.State.DEFERRED:
        time = date_format(timezone.localtime(row.due_at), "H:i")
        return _("%(answer)s (next try at %(time)s)") % {"answer": row.error, "time": time}
    return f"{row.code} {row.error}".strip() if row.code >= 400 else row.error


def left_by(row: EmailMessage) -> str:
    """Who has looked at a message that is not known and left it, and when; '' where nobody has."""
    if row.settled_at is None or row.state != EmailMessage.State.UNKNOWN:
        return ""
    day = date_format(timezone.localtime(row.settled_at), "j.n. H:i")
    return _("Left as it is (%(who)s, %(day)s)") % {"who": row.settled_by or _("somebody"), "day": day}


def still_open(campaign: EmailCampaign) -> int:
    """How many messages are not known and wait for a person to decide."""
    count: int = reports.undecided(reports.bulk_messages(campaign)).count()
    return count
