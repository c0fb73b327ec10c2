"""Acting on many contacts at once: always first a page that says how many and what."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.functional import cached_property
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from wagtail.admin import messages

from guards.ids import row_ids
from guards.seen import fingerprint
from organisations.models import Role
from organisations.views import OrganisationTemplateView
from registers.absences import end_absence, set_absence
from registers.access import log_access
from registers.bulk.acts import Does
from registers.bulk.preparing import choose_contacts
from registers.consents import How, record_consents
from registers.contacts import describe_count
from registers.duplicates.comparing import FEWEST, MOST
from registers.erasure import what_stays
from registers.filters import matching_contacts
from registers.forms.absences import AbsenceForm
from registers.forms.purposes import ConsentActForm
from registers.forms.reasons import ReasonForm, SourceForm
from registers.memberships import add_to_group, remove_from_group
from registers.models import Contact, Group
from registers.reasons import give_reason, set_source, take_reason
from registers.removal import describe_removal, remove_contacts
from registers.views.base import RegisterMixin, put_errors
from registers.views.changes import BEGUN_FROM, MOST_BEGUN
from registers.views.duplicates import compare_url
from registers.views.exports import export_url

ACTS = ("add", "remove", "away", "back", "consent", "source", "reason", "delete")
# What is counted beforehand and can be undone, by those who see the whole register: what it does, in which column.
CHANGES = {"change": ("", ""), "source": ("", "source"), "add": (Does.JOIN, ""), "remove": (Does.LEAVE, "")}


class GroupForm(forms.Form):
    group = forms.ModelChoiceField(label=gettext_lazy("Group"), queryset=Group.objects.none())

    def __init__(self, *args: Any, groups: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["group"].queryset = groups  # type: ignore[attr-defined]
        self.fields["group"].error_messages["required"] = _("Choose a group.")


class BulkView(RegisterMixin, OrganisationTemplateView):
    """POST only: the list posts what is ticked (or "every" with its query); this page asks, and posts again."""

    required_role = Role.EDITOR
    in_part = True
    http_method_names = ["post"]
    template_name = "registers/bulk.html"
    header_icon = "group"
    page_title = gettext_lazy("Several contacts")

    @cached_property
    def chosen(self) -> list[int]:
        post = self.request.POST
        if post.get("every"):
            found = matching_contacts(self.register, QueryDict(post.get("query", "")), self.request)
            return list(found.order_by().values_list("pk", flat=True))
        wanted = row_ids(post.getlist("contact"))
        return list(Contact.objects.filter(register=self.register, pk__in=wanted).values_list("pk", flat=True))

    @property
    def mark(self) -> str:
        """Stands for those who are chosen, so that nobody acts on others than were counted."""
        return fingerprint(sorted(self.chosen))

    @property
    def list_url(self) -> str:
        """The list as it was searched and filtered when this was asked for."""
        query = QueryDict(self.request.POST.get("query", ""), mutable=True)
        query.pop("p", None)  # who is deleted may have been the last page
        return f"{self.register_url}?{query.urlencode()}" if query else self.register_url

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        act = request.POST.get("act", "")
        if act == "compare" and self.may_manage:
            if FEWEST <= len(self.chosen) <= MOST:
                return redirect(compare_url(self.register.pk, self.chosen))
            messages.warning(request, _("Tick two to six contacts to compare them."))
            return redirect(self.list_url)
        if act == "export" and (request.POST.get("every") or self.chosen):
            every = f"?{QueryDict(request.POST.get('query', '')).urlencode()}"
            page = reverse("registers:export", args=[self.register.pk]) + every
            return redirect(page if request.POST.get("every") else export_url(self.register.pk, self.chosen))
        if act in CHANGES and self.chosen and self.may_manage:
            return self.begin_change(*CHANGES[act])
        if act not in ACTS or not self.chosen:
            messages.warning(request, _("Tick the contacts first, or choose all in the list."))
            return redirect(self.list_url)
        confirmed = "confirmed" in request.POST
        if confirmed and request.POST.get("every") and request.POST.get("seen") != self.mark:
            messages.warning(request, _("Nothing was done: the list has changed since you looked. Look again."))
            confirmed = False
        form = self.get_form(act, request.POST if "confirmed" in request.POST else None)
        if confirmed and (form is None or form.is_valid()):
            try:
                self.perform(act, form)
                return redirect(self.list_url)
            except ValidationError as error:
                assert form is not None
                put_errors(form, error)
        return self.render_to_response(self.get_context_data(act=act, form=form))

    def begin_change(self, does: str, column: str) -> HttpResponse:
        user = self.request.user
        try:
            batch = choose_contacts(register=self.register, contacts=self.chosen, does=does, column=column, user=user)
        except ValidationError as error:
            messages.error(self.request, " ".join(error.messages))
            return redirect(self.list_url)
        # In the session, for what somebody searched for is nothing to keep with the change.
        begun: dict[str, str] = self.request.session.get(BEGUN_FROM, {})
        self.request.session[BEGUN_FROM] = dict([*begun.items(), (str(batch.pk), self.list_url)][-MOST_BEGUN:])
        return redirect("registers:change", batch.pk)

    def get_form(self, act: str, data: Any) -> forms.Form | None:
        if act in ("delete", "back"):
            return None
        if act == "away":
            return AbsenceForm(data)
        if act == "consent":
            return ConsentActForm(data)
        if act == "source":
            return SourceForm(data)
        if act == "reason":
            return ReasonForm(data)
        groups = Group.objects.filter(register=self.register)
        if act == "remove":
            groups = groups.filter(memberships__contact__in=self.chosen).distinct()
        return GroupForm(data, groups=groups)

    @transaction.atomic
    def perform(self, act: str, form: Any) -> None:
        source = _("by hand")
        if act == "delete":
            removal = remove_contacts(register=self.register, contacts=self.chosen, user=self.request.user)
            messages.success(self.request, describe_removal(removal, len(self.chosen)))
            return
        if act in ("away", "back"):
            self.perform_absence(act, form)
            return
        if act in ("consent", "source", "reason"):
            log_access(user=self.request.user, action="edit", subject=self.register, count=len(self.chosen))
            text = {"consent": self.perform_consent, "source": self.perform_source, "reason": self.perform_reason}[act](
                form.cleaned_data
            )
            messages.success(self.request, text)
            return
        group = form.cleaned_data["group"]
        log_access(user=self.request.user, action="edit", subject=group, count=len(self.chosen))
        if act == "add":
            count = add_to_group(group=group, contacts=self.chosen, source=source)
            text = ngettext(
                "%(count)s contact added to “%(group)s”.", "%(count)s contacts added to “%(group)s”.", count
            )
        else:
            count = remove_from_group(group=group, contacts=self.chosen, source=source)
            text = ngettext(
                "%(count)s contact removed from “%(group)s”.", "%(count)s contacts removed from “%(group)s”.", count
            )
        messages.success(self.request, text % {"count": count, "group": group.name})

    def perform_absence(self, act: str, form: Any) -> None:
        source = _("by hand")
        log_access(user=self.request.user, action="edit", subject=self.register, count=len(self.chosen))
        if act == "away":
            count = set_absence(contacts=self.chosen, **form.cleaned_data, source=source)
            text = ngettext(
                "%(count)s contact is on leave: campaigns leave them out until %(until)s.",
                "%(count)s contacts are on leave: campaigns leave them out until %(until)s.",
                count,
            ) % {"count": count, "until": date_format(form.cleaned_data["until"], "DATE_FORMAT")}
        else:
            count = end_absence(contacts=self.chosen, source=source)
            text = ngettext(
                "%(count)s contact is back from leave.", "%(count)s contacts are back from leave.", count
            ) % {"count": count}
        messages.success(self.request, text)

    def perform_consent(self, values: dict[str, Any]) -> str:
        count = record_consents(
            contacts=self.chosen,
            purpose=values["purpose"],
            channel=values["channel"],
            granted=values["said"] == "given",
            how=str(How(values["how"]).label),
            text=values["text"] or values["purpose"].description,
        )
        text = ngettext(
            "What %(count)s contact said of “%(purpose)s” is written down.",
            "What %(count)s contacts said of “%(purpose)s” is written down.",
            count,
        )
        return text % {"count": count, "purpose": values["purpose"]}

    def perform_source(self, values: dict[str, Any]) -> str:
        count = set_source(contacts=self.chosen, text=values["source"], source=_("by hand"))
        text = ngettext(
            "%(count)s contact has another source now.", "%(count)s contacts have another source now.", count
        )
        return text % {"count": count}

    def perform_reason(self, values: dict[str, Any]) -> str:
        act = give_reason if values["does"] == "give" else take_reason
        count = act(contacts=self.chosen, reason=values["reason"], source=_("by hand"))
        text = ngettext(
            "“%(reason)s” is changed for %(count)s contact.", "“%(reason)s” is changed for %(count)s contacts.", count
        )
        return text % {"count": count, "reason": values["reason"]}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        number = len(self.chosen)
        count = describe_count(number)
        context["question"] = {
            "add": _("Add %(count)s to which group?"),
            "remove": _("Remove %(count)s from which group?"),
            "away": ngettext("Until when is %(count)s on leave?", "Until when are %(count)s on leave?", number),
            "back": _("Write to %(count)s again?"),
            "consent": _("What did %(count)s say?"),
            "source": _("Where are the data of %(count)s from?"),
            "reason": ngettext("Why is %(count)s in the register?", "Why are %(count)s in the register?", number),
            "delete": _("Delete %(count)s from the register “%(register)s”?"),
        }[kwargs["act"]] % {"count": count, "register": self.register.name}
        context["consequence"] = {
            "delete": _(
                "They will be gone for good, with their history: this cannot be undone. Who asked not to be written "
                "to stays on that list."
            ),
            "away": _("Campaigns leave them out while it lasts. What they ask for themselves is answered."),
            "source": _("It takes the place of what stands there now."),
            "consent": _("It is added to what they have said before; nothing of that is changed."),
            "back": _("Those among them who are on leave get campaigns again from now on."),
        }.get(kwargs["act"], "")
        context["what_stays"] = what_stays(self.register) if kwargs["act"] == "delete" else ""
        context["act_label"] = {
            "add": _("Add %(count)s"), "remove": _("Remove %(count)s"), "delete": _("Delete %(count)s"),
            "away": _("Leave out %(count)s"), "back": _("Write to %(count)s again"),
            "consent": _("Write it down for %(count)s"), "source": _("Say so of %(count)s"),
            "reason": _("Change %(count)s"),
        }[kwargs["act"]] % {"count": count}  # fmt: skip
        context["hidden"] = self.hidden(kwargs["act"])
        context["back_url"] = self.list_url
        return context

    def hidden(self, act: str) -> SafeString:
        post = self.request.POST
        pairs = [("act", act), ("confirmed", "1"), ("query", post.get("query", ""))]
        if post.get("every"):
            pairs += [("every", "1"), ("seen", self.mark)]
        else:
            pairs += [("contact", str(pk)) for pk in self.chosen]
        return format_html_join("", '<input type="hidden" name="{}" value="{}">', pairs)
