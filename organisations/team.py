"""The team of an organisation and its settings: the owner's screens."""

from typing import Any

from django import forms
from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse, reverse_lazy
from django.utils.choices import CallableChoiceIterator
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin import messages
from wagtail.admin.ui.tables import Column, DateColumn, TitleColumn
from wagtail.admin.views.generic.base import BaseListingView
from wagtail.admin.widgets.button import HeaderButton
from wagtail.images.widgets import AdminImageChooser

from guards.countries import CountryCodeField
from guards.zones import time_zones
from organisations import reach
from organisations.access import LastOwner, remove_member
from organisations.accounts import get_or_create_user, is_new_here, send_invitation, way_in
from organisations.members import EVERYTHING, PART, MemberForm, NewMemberForm, give_role, sees
from organisations.models import Membership, Organisation, Role, Theme, User
from organisations.ownership import collections_of
from organisations.views import FormView, OrganisationTemplateView, OrganisationView

TEAM = reverse_lazy("organisations:team")
NEEDS_AN_OWNER = gettext_lazy("Somebody must own the organisation. Make another person an owner first.")


class TeamView(OrganisationView, BaseListingView):
    """Who works here, and with which role."""

    required_role = Role.OWNER
    page_title = gettext_lazy("Team")
    header_icon = "user"
    index_url_name = "organisations:team"
    default_ordering = "user__email"
    columns = [
        TitleColumn("user", label=gettext_lazy("Name"), url_name="organisations:member"),
        Column("user.email", label=gettext_lazy("E-mail address")),
        Column("role_word", label=gettext_lazy("Role"), accessor=lambda member: Role(member.role).word),
        Column("sees", label=gettext_lazy("May see")),
        DateColumn("user.last_login", label=gettext_lazy("Last signed in")),
    ]

    def get_base_queryset(self) -> Any:
        return Membership.objects.filter(organisation=self.organisation).select_related("user")

    def get_table(self, object_list: Any) -> Any:
        members = list(object_list)
        chosen = reach.places().chosen([member.pk for member in members])
        labels = {ref: label for _heading, offered in reach.places().choices() for ref, label in offered}
        for member in members:
            member.sees = sees(member, [labels[ref] for ref in chosen.get(member.pk, ())])
        return super().get_table(members)

    @cached_property
    def header_buttons(self) -> list[HeaderButton]:
        return [HeaderButton(_("Add a person"), url=reverse("organisations:add_member"), icon_name="plus")]


class TeamFormView(FormView):
    """A form of the team."""

    required_role = Role.OWNER
    header_icon = "user"

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [
            *super().get_breadcrumbs_items(),
            {"url": TEAM, "label": _("Team")},
            {"url": "", "label": self.get_page_title()},
        ]


class AddMemberView(TeamFormView):
    page_title = gettext_lazy("Add a person")
    submit_label = gettext_lazy("Add to the team")
    invited: User | None = None

    def get_form(self, data: Any = None, files: Any = None) -> forms.Form:
        return NewMemberForm(data, initial={"role": Role.EDITOR})

    def save(self, form: Any) -> str:
        values = form.cleaned_data
        user = get_or_create_user(email=values["email"], first_name=values["first_name"], last_name=values["last_name"])
        if user.memberships.filter(organisation=self.organisation).exists():
            # What the form says of the role may be what it began with: nobody gets other rights by it unawares.
            text = _("%(name)s belongs to the team already, with the same role and rights as before.")
            messages.warning(self.request, text % {"name": user})
            if user.last_login:
                return str(TEAM)
        else:
            give_role(self.organisation, user, values)
            messages.success(self.request, _("%(name)s belongs to the team now.") % {"name": user})
        self.invited = user
        return str(TEAM)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        answer = super().post(request, *args, **kwargs)
        if self.invited:  # and all is saved: the mail server may take its time
            self.write_to(self.invited)
        return answer

    def write_to(self, user: User) -> None:
        if send_invitation(user=user, organisation=self.organisation, invited_by=self.request.user):
            if settings.MAILBOX_ENABLED:
                messages.info(self.request, without_mail(user))
        else:
            messages.warning(
                self.request,
                _("The letter to %(email)s could not be sent. “Forgotten password?” on the sign-in page sends another.")
                % {"email": user.email},
            )


def without_mail(user: User) -> str:
    """What to do in a practice installation, whose mailbox shows such letters to its operator alone."""
    if is_new_here(user):
        return _("No mail leaves this practice installation. By this link %(name)s chooses a password: %(link)s") % {
            "name": user,
            "link": way_in(user),
        }
    return _("No mail leaves this practice installation. Its operator finds the letter in “Mailbox”.")


class OfMember(OrganisationView):
    """A screen of one member of the team; 404 for anybody else's."""

    @cached_property
    def membership(self) -> Membership:
        team = Membership.objects.filter(organisation=self.organisation).select_related("user")
        return get_object_or_404(team, pk=self.kwargs["pk"])


class MemberView(OfMember, TeamFormView):
    """Change somebody's role, and what they may see."""

    page_title = gettext_lazy("Role and rights")

    def get_page_subtitle(self) -> str:
        return str(self.membership.user)

    @property
    def header_buttons(self) -> list[HeaderButton]:
        url = reverse("organisations:remove_member", args=[self.membership.pk])
        return [HeaderButton(_("Remove from the team"), url=url, icon_name="bin")]

    def get_form(self, data: Any = None, files: Any = None) -> forms.Form:
        member = self.membership
        chosen = reach.places().chosen([member.pk]).get(member.pk, [])
        initial = {"role": member.role, "sees": PART if member.limited else EVERYTHING, "places": chosen}
        return MemberForm(data, initial=initial)

    def save(self, form: Any) -> str:
        try:
            give_role(self.organisation, self.membership.user, form.cleaned_data)
        except LastOwner:
            messages.error(self.request, NEEDS_AN_OWNER)
        else:
            messages.success(self.request, _("Saved."))
        return str(TEAM)


class RemoveMemberView(OfMember, OrganisationTemplateView):
    required_role = Role.OWNER
    template_name = "organisations/remove_member.html"
    page_title = gettext_lazy("Remove from the team")
    header_icon = "bin"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {**super().get_context_data(**kwargs), "membership": self.membership}

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            remove_member(organisation=self.organisation, user=self.membership.user)
        except LastOwner:
            messages.error(request, NEEDS_AN_OWNER)
        else:
            messages.success(request, _("%(name)s no longer belongs to the team.") % {"name": self.membership.user})
        return redirect(TEAM)


class SettingsForm(forms.ModelForm[Organisation]):
    """The organisation and its look, in one form."""

    class Meta:
        model = Organisation
        fields = ["name", "contact_email", "postal_address", "language", "time_zone", "region"]
        field_classes = {"region": CountryCodeField}
        widgets = {
            "postal_address": forms.Textarea(attrs={"rows": 3}),
            "time_zone": forms.Select(choices=CallableChoiceIterator(lambda: [(zone, zone) for zone in time_zones()])),
        }
        help_texts = {
            "time_zone": gettext_lazy(
                "What is planned stays at its moment: after a change, events and campaigns show another time of day."
            )
        }


class OperatorSettingsForm(SettingsForm):
    """With what only whoever runs the installation decides."""

    class Meta(SettingsForm.Meta):
        fields = [*SettingsForm.Meta.fields, "document_space"]


class ThemeForm(forms.ModelForm[Theme]):
    class Meta:
        model = Theme
        fields = ["accent", "logo"]
        widgets = {"accent": forms.TextInput(attrs={"type": "color"}), "logo": AdminImageChooser}

    def __init__(self, *args: Any, organisation: Organisation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        logo: Any = self.fields["logo"]
        logo.queryset = logo.queryset.filter(collection__in=collections_of(organisation))


class SettingsView(OrganisationTemplateView):
    """Name, address, times and look of the organisation."""

    required_role = Role.OWNER
    template_name = "organisations/settings.html"
    page_title = gettext_lazy("Organisation")
    header_icon = "home"

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [*super().get_breadcrumbs_items(), {"url": "", "label": self.get_page_title()}]

    def forms(self, data: Any = None) -> tuple[SettingsForm, ThemeForm]:
        organisation = Organisation.objects.get(pk=self.organisation.pk)
        form_class = OperatorSettingsForm if self.request.user.is_superuser else SettingsForm
        theme = Theme.objects.get_or_create(organisation=organisation)[0]
        return (
            form_class(data, instance=organisation),
            ThemeForm(data, instance=theme, organisation=organisation, prefix="theme"),
        )

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        if "form" not in context:
            context["form"], context["theme_form"] = self.forms()
        context["media"] = context["form"].media + context["theme_form"].media
        context["submit_button_label"] = _("Save")
        context["submit_button_active_label"] = _("Saving…")
        return context

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form, theme_form = self.forms(request.POST)
        if not (form.is_valid() and theme_form.is_valid()):
            messages.error(request, _("Nothing was saved yet: please look at the fields below."))
            return self.render_to_response(self.get_context_data(form=form, theme_form=theme_form))
        with transaction.atomic():
            form.save()
            theme_form.save()
        messages.success(request, _("Saved."))
        return redirect("organisations:settings")
