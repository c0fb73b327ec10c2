"""Pieces of the event's edit form."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.core.exceptions import ValidationError
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from modelcluster.forms import BaseChildFormSet
from wagtail.admin.panels import InlinePanel, Panel

from campaigns.wallclock import from_wall


class KindInput(forms.HiddenInput):
    """Shows which automatic mail this is and when it is sent; carries the kind unchanged."""

    input_type = "hidden"
    template_name = "sites/admin/kind_input.html"

    def __init__(self, kinds: Any, explanations: Mapping[Any, Any], attrs: Any = None) -> None:
        self.kinds = kinds
        self.explanations = explanations
        super().__init__(attrs)

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        return render_to_string(self.template_name, self.get_context(name, value, attrs))

    @property
    def is_hidden(self) -> bool:
        return False

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context(name, value, attrs)
        if value in self.kinds.values:
            kind = self.kinds(value)
            context |= {"kind_explanation": self.explanations[kind], "kind": value}
        return context


# Beyond them nothing can be reckoned from a mistyped year: 30 days after, a year before, in another zone.
EARLIEST_YEAR, LATEST_YEAR = 1990, 2200


class ZonedDateTime:
    """Makes a form's date-time field speak the event's own wall clock instead of the signed-in person's."""

    def __init__(self, field: forms.DateTimeField, zone: ZoneInfo) -> None:
        self.field = field
        self.zone = zone
        self.read = field.to_python
        field.prepare_value = self.prepare_value  # type: ignore[method-assign]
        field.to_python = self.to_python  # type: ignore[method-assign]

    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, datetime) and timezone.is_aware(value):
            return timezone.make_naive(value, self.zone)
        return value

    def to_python(self, value: Any) -> datetime | None:
        with timezone.override(UTC):  # where each time there can be is there once
            typed: datetime | None = self.read(value)
        if typed is None:
            return None
        if not EARLIEST_YEAR <= typed.year <= LATEST_YEAR:
            raise ValidationError(_("Look at the year: it cannot be %(year)s.") % {"year": typed.year})
        return from_wall(typed.replace(tzinfo=None), self.zone)


class EventPanel(Panel):
    """Shows what a template says about the event: its numbers, its notices. Nothing to fill in."""

    def __init__(self, *, template: str, **kwargs: Any) -> None:
        self.template = template
        super().__init__(**kwargs)

    def clone_kwargs(self) -> dict[str, Any]:
        return {**super().clone_kwargs(), "template": self.template}

    class BoundPanel(Panel.BoundPanel):
        @property
        def template_name(self) -> str:
            template: str = self.panel.template
            return template

        def get_context_data(self, parent_context: Any = None) -> dict[str, Any]:
            context: dict[str, Any] = super().get_context_data(parent_context)
            return {**context, **self.instance.editor_context()}


class MailsFormSet(BaseChildFormSet):
    """One mail of each kind, whatever a form says: also a draft cannot lose one."""

    def _should_delete_form(self, form: Any) -> bool:
        return False

    def clean(self) -> None:
        super().clean()
        kinds = [kind for kind, _label in self.model._meta.get_field("kind").choices]
        if sorted(form.cleaned_data.get("kind", "") for form in self.forms) != sorted(kinds):
            raise ValidationError(_("Each automatic mail has to be here once. Open the event again."))


class MailsPanel(InlinePanel):
    """The automatic mails: always one of each kind, so there is nothing to add, remove or put in order."""

    def get_form_options(self) -> dict[str, Any]:
        options: dict[str, Any] = super().get_form_options()
        options["formsets"][self.relation_name]["formset"] = MailsFormSet
        return options

    class BoundPanel(InlinePanel.BoundPanel):
        template_name = "sites/admin/mails.html"

        def __init__(self, **kwargs: Any) -> None:
            super().__init__(**kwargs)
            if self.form is not None:
                order = [kind for kind, _label in self.formset.model._meta.get_field("kind").choices]
                self.children.sort(key=lambda child: order.index(child.form.instance.kind or order[-1]))
