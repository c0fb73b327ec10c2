"""The form of a campaign: what, from whom, to whom, when."""

from datetime import datetime, time
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin.widgets import AdminDateInput, AdminPageChooser
from wagtail.models import Page

from campaigns import audiences, limits, wallclock
from campaigns.invitations import Invitation, invitation_models, invitations_in_part
from mailer.models import EmailCampaign, EmailPage, Sender
from mailer.outbox.emails import ready_emails
from organisations import reach
from organisations.forms import OrganisationModelForm
from organisations.models import Organisation
from organisations.ownership import check_page
from registers.models import Purpose

NOW, LATER = "now", "later"


class WordedPageChooser(AdminPageChooser):
    """Wagtail's page chooser in our own words: it would add the kind of page to its own."""

    words: ClassVar[dict[str, Any]]

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        for name, text in self.words.items():
            setattr(self, name, text)


class EmailChooser(WordedPageChooser):
    words: ClassVar[dict[str, Any]] = {
        "choose_one_text": gettext_lazy("Choose an e-mail"),
        "choose_another_text": gettext_lazy("Choose another e-mail"),
        "link_to_chosen_text": gettext_lazy("Edit this e-mail"),
    }


class EventChooser(WordedPageChooser):
    words: ClassVar[dict[str, Any]] = {
        "choose_one_text": gettext_lazy("Choose an event or a sign-up page"),
        "choose_another_text": gettext_lazy("Choose another page"),
        "link_to_chosen_text": gettext_lazy("Edit this page"),
    }


class AudienceField(forms.MultipleChoiceField):
    """Check boxes, grouped by source; a script adds how many addresses are behind each."""

    widget = forms.CheckboxSelectMultiple


def audience_choices() -> list[tuple[Any, list[tuple[str, str]]]]:
    """What may be chosen, by source; sources that offer nothing are left out."""
    grouped = []
    for source in audiences.sources():
        choices = source.choices()
        if choices:
            grouped.append((source.label, choices))
    return grouped


class CampaignForm(OrganisationModelForm):
    """A campaign that has not started."""

    data: Any
    include = AudienceField(label=gettext_lazy("Who gets it"), required=False)
    exclude = AudienceField(
        label=gettext_lazy("Who is left out"),
        required=False,
        help_text=gettext_lazy("Nobody at an address that is left out gets the e-mail."),
    )
    when = forms.ChoiceField(
        label=gettext_lazy("When"),
        choices=[
            (NOW, gettext_lazy("As soon as I confirm it on the next page")),
            (LATER, gettext_lazy("At a time that I choose")),
        ],
        widget=forms.RadioSelect,
        initial=NOW,
    )
    day = forms.DateField(label=gettext_lazy("Day"), required=False, widget=AdminDateInput)
    clock = forms.TimeField(
        label=gettext_lazy("Time"),
        required=False,
        widget=forms.TimeInput(attrs={"type": "time", "step": "60"}, format="%H:%M"),
    )

    class Meta:
        model = EmailCampaign
        fields = ["name", "page", "sender", "invites_to", "purpose"]

    def __init__(self, *args: Any, organisation: Organisation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.organisation = organisation
        campaign: EmailCampaign = self.instance
        with limits.eyes_on(campaign):
            self.fields["include"].choices = self.fields["exclude"].choices = audience_choices()
        if reach.is_limited():
            self.offer_lists(campaign)
        else:
            self.fields["page"].widget = EmailChooser(target_models=[EmailPage])
            self.fields["invites_to"].widget = EventChooser(target_models=invitation_models())
        self.fields["sender"].queryset = senders = Sender.objects.all()
        self.fields["sender"].empty_label = _("Choose a sender")
        if not senders:
            words = _("There is none yet. Save this, and make one under Settings, <a href='{}'>Senders</a>.")
            self.fields["sender"].help_text = format_html(words, reverse("senders:index"))
        offered = Q(retired=False) | Q(pk=campaign.purpose_id)
        self.fields["purpose"].queryset = Purpose.objects.filter(offered)
        self.fields["purpose"].empty_label = _("None in particular")
        if campaign.pk is None:
            self.initial.setdefault("sender", senders[0].pk if len(senders) == 1 else None)
        self.initial.setdefault("include", campaign.audience.get("include", []))
        self.initial.setdefault("exclude", campaign.audience.get("exclude", []))
        zone = organisation.zone
        self.fields["clock"].help_text = _("Clocks in %(zone)s.") % {"zone": organisation.time_zone.replace("_", " ")}
        if campaign.scheduled_at:
            wall = wallclock.to_wall(campaign.scheduled_at, zone)
            self.initial |= {"when": LATER, "day": wall.date(), "clock": wall.time()}

    def offer_lists(self, campaign: EmailCampaign) -> None:
        """In place of the ways through the pages, which are closed to those who see a part only."""
        event: Any = self.fields["invites_to"]
        event.widget = forms.Select()
        event.queryset = invitations_in_part() | Page.objects.filter(pk=campaign.invites_to_id)
        event.empty_label = _("Choose an event or a sign-up page")
        page: Any = self.fields["page"]
        page.widget = forms.Select()
        page.queryset = ready_emails() | EmailPage.objects.filter(pk=campaign.page_id)
        page.empty_label = _("Choose an e-mail")
        page.help_text = _("The e-mails that are ready. Those who see everything write them.")

    def clean_page(self) -> EmailPage | None:
        page: EmailPage | None = self.cleaned_data["page"]
        self._check_own("page", page)
        return page

    def clean_invites_to(self) -> Any:
        page = self.cleaned_data["invites_to"]
        self._check_own("invites_to", page)
        if page is not None and not isinstance(page.specific, Invitation):
            raise ValidationError(_("Nobody can be invited to this page. Choose an event or a sign-up page."))
        return page

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or {}
        self.scheduled_at = None
        if values.get("when") == LATER and not {"day", "clock"} & self.errors.keys():
            try:
                self.scheduled_at = self._moment(values.get("day"), values.get("clock"))
            except ValidationError as error:
                self.add_error("clock" if values.get("day") else "day", error)
        return values

    def save(self, commit: bool = True) -> EmailCampaign:
        campaign: EmailCampaign = super().save(commit=False)
        campaign.audience = {"include": self.cleaned_data["include"], "exclude": self.cleaned_data["exclude"]}
        campaign.scheduled_at = self.scheduled_at
        # What was changed is to be confirmed again.
        campaign.state = EmailCampaign.State.DRAFT
        campaign.problem = ""
        if campaign.pk is None:
            campaign.created_by = self.for_user
            campaign.reach = limits.reach_to_keep()
        if commit:
            campaign.save()
        return campaign

    def _check_own(self, name: str, page: Any) -> None:
        try:
            check_page(page)
        except ValidationError:
            # Shown again, the chooser would write the title of a page that is not ours.
            self.data = self.data.copy()
            self.data[name] = ""
            raise

    def _moment(self, day: Any, clock: time | None) -> datetime:
        if not day or clock is None:
            raise ValidationError(_("Choose a day and a time."))
        moment = wallclock.from_wall(
            datetime.combine(day, clock.replace(second=0, microsecond=0)), self.organisation.zone
        )
        if moment <= timezone.now():
            raise ValidationError(_("This time has passed. Choose a later one."))
        return moment
