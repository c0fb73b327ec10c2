"""Beside the text: the fields that can be merged, and how large the e-mail is."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from wagtail.admin.panels import Panel

from mailer.editing.previews import measure
from mailer.merging.fields import fallback_for, fields_of
from mailer.rendering.pages import CLIPPED_FROM, MAX_BYTES, CompileError
from organisations.models import Organisation
from registers.models import Register


class MergeInput(forms.TextInput):
    """A line with an "Insert field" menu above it; brings the script for those in the blocks, too."""

    class Media:
        css = {"all": ["mailer/editor.css"]}
        js = ["mailer/merge-fields.js"]

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__({"data-controller": "merge-fields", **(attrs or {})})


class MergeFieldsPanel(Panel):
    """Lists the merge fields, and hands them to the insert menus above subject and texts (merge-fields.js)."""

    class BoundPanel(Panel.BoundPanel):
        template_name = "mailer/email/merge_fields_panel.html"

        def get_context_data(self, parent_context: Any = None) -> dict[str, Any]:
            context: dict[str, Any] = super().get_context_data(parent_context)
            offered = {"": fields_of(None)} | {
                str(register.pk): fields_of(register) for register in Register.objects.order_by("name")
            }
            context["offered"] = {
                key: [{"key": field.key, "label": field.label, "fallback": fallback_for(field)} for field in fields]
                for key, fields in offered.items()
            }
            context["words"] = {"insert": _("Insert field…"), "label": _("Insert a merge field at the cursor")}
            context |= {"example": "{{ first_name }}", "example_fallback": "{{ first_name|there }}"}
            chosen = str(self.instance.register_id or "")
            context["fields"] = offered.get(chosen, offered[""])
            context.update(self._size())
            return context

        def _size(self) -> dict[str, Any]:
            if not self.instance.pk:
                return {}
            try:
                compiled = measure(self.instance, organisation=Organisation.of_page(self.instance))
            except CompileError as error:
                return {"problem": str(error)}
            kilobytes = max(1, round(compiled.size / 1000))
            return {
                "size": _("This e-mail is %(size)d kB, of %(limit)d kB at most.")
                % {"size": kilobytes, "limit": MAX_BYTES // 1000},
                "clipped": compiled.html_size > CLIPPED_FROM,
            }
