"""Making, changing and deleting a register."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from wagtail.admin import messages
from wagtail.admin.widgets.button import Button

from guards.ids import row_id
from guards.seen import fingerprint
from organisations import reach
from organisations.figures import number
from organisations.models import Role
from organisations.roles import has_role
from organisations.views import OrganisationTemplateView
from registers.books import (
    add_field,
    change_field,
    create_register,
    is_in_use,
    option_rows,
)
from registers.forms.purposes import RegisterPurposes
from registers.forms.registers import FieldRow, NewRegisterForm, RegisterForm, field_rows, in_order, initial_rows
from registers.models import Contact, Field, Register, RegisterPurpose
from registers.purposes import set_purposes
from registers.removal import RegisterInUse, describe_removal, remove_register, users_of
from registers.starters import STARTERS, Starter, starter
from registers.texts import in_quotes
from registers.views.base import HOME, REGISTERS, RegisterMixin

BLANK_ROWS = 3


class RowRefused(Exception):
    """A column cannot be changed as its row asks; nothing is saved."""

    def __init__(self, row: FieldRow, mistake: ValidationError) -> None:
        super().__init__(str(mistake))
        self.row, self.mistake = row, mistake


class RegisterFormView(OrganisationTemplateView):
    """Name, purpose and columns on one screen."""

    template_name = "registers/register_form.html"
    page_title = gettext_lazy("New register")
    header_icon = "user"
    submit_label = gettext_lazy("Create register")
    instance: Register | None = None

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [HOME, REGISTERS, {"url": "", "label": self.get_page_title()}]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        context.setdefault("form", self.form())
        context.setdefault("rows", self.rows())
        context["submit_label"] = self.submit_label
        context["may_name_purposes"] = not reach.is_limited()
        context["sections"] = sorted({row["section"].value() for row in context["rows"].forms} - {"", None})
        context["media"] = context["form"].media + context["rows"].media
        return context

    def form(self, data: Any = None) -> RegisterForm:
        return RegisterForm(data, instance=self.instance)

    def rows(self, data: Any = None) -> Any:
        initial = self.initial_rows()
        factory = field_rows(blank=0 if initial else BLANK_ROWS, known=len(initial))
        return factory(data, initial=initial, prefix="fields")

    def initial_rows(self) -> list[dict[str, Any]]:
        return initial_rows(self.instance) if self.instance else []

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form, rows = self.form(request.POST), self.rows(request.POST)
        if form.is_valid() and rows.is_valid() and self.others_are_valid():
            try:
                return redirect(self.save(form, rows))
            except RowRefused as refusal:
                refusal.row.add_error(None, refusal.mistake)
        messages.error(request, _("Nothing was saved yet: please look at what is marked below."))
        return self.render_to_response(self.get_context_data(form=form, rows=rows), status=422)

    def others_are_valid(self) -> bool:
        return True

    def save(self, form: RegisterForm, rows: Any) -> str:
        raise NotImplementedError


class AddRegisterView(RegisterFormView):
    """From nothing, or from a set that stands ready: all of it can be changed before it is saved."""

    @cached_property
    def starter(self) -> Starter:
        return starter(self.request.GET.get("start", ""))

    def form(self, data: Any = None) -> RegisterForm:
        return NewRegisterForm(data, initial=self.starter.initial(self.organisation))

    def initial_rows(self) -> list[dict[str, Any]]:
        return [column.as_row() for column in self.starter.columns]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        context |= {"starters": STARTERS, "chosen": self.starter}
        return context

    def save(self, form: RegisterForm, rows: Any) -> str:
        register = create_register(
            **form.cleaned_data,
            fields=[
                {**row.as_arguments(), "type": row.cleaned_data["type"]}
                for row in in_order(rows)
                if row.cleaned_data.get("label") and not row.cleaned_data.get("DELETE")
            ],
        )
        messages.success(
            self.request,
            _("The register “%(name)s” is ready. Add people by hand, or import a spreadsheet.")
            % {"name": register.name},
        )
        return reverse("registers:contacts", args=[register.pk])


class EditRegisterView(RegisterMixin, RegisterFormView):
    page_title = gettext_lazy("Settings and columns")
    submit_label = gettext_lazy("Save")

    @property
    def instance(self) -> Register:  # type: ignore[override]
        return self.register

    @cached_property
    def seen(self) -> str:
        """Stands for what the form was opened with."""
        register = self.register
        bases = list(RegisterPurpose.objects.filter(register=register).order_by("pk").values_list())
        return fingerprint(register.name, register.description, register.privacy_notice, self.initial_rows(), bases)

    @cached_property
    def columns_seen(self) -> str:
        return fingerprint(self.initial_rows())

    @transaction.atomic
    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        # Of two who save at once, the second meets what the first has written.
        self.register = get_object_or_404(Register.objects.select_for_update(no_key=True), pk=self.register.pk)
        list(self.register.fields.select_for_update(no_key=True).order_by("pk"))
        if request.POST.get("seen", self.seen) == self.seen:
            return super().post(request, *args, **kwargs)
        if request.POST.get("columns_seen") == self.columns_seen:
            return self.ask_again()
        # Its rows stand for other columns now than they did.
        messages.error(
            request,
            _("Somebody has changed this register since you opened this page, and nothing is saved. Change it anew."),
        )
        return redirect(request.path)

    def ask_again(self) -> HttpResponse:
        """With what was typed, and beside it what somebody else has written meanwhile."""
        form, rows = self.form(self.request.POST), self.rows(self.request.POST)
        for name in form.changed_data:
            form.add_error(name, _("Now it says: “%(text)s”") % {"text": form.initial.get(name) or "–"})
        says = _(
            "Somebody has changed this register since you opened this page, and nothing is saved yet. Save again to "
            "write what stands below."
        )
        messages.error(self.request, says)
        return self.render_to_response(self.get_context_data(form=form, rows=rows), status=422)

    def form(self, data: Any = None) -> RegisterForm:
        form = super().form(data)
        if reach.is_limited():  # to refuse a name that is taken would tell of a register beyond reach
            form.fields["name"].disabled = True
        return form

    @cached_property
    def header_more_buttons(self) -> list[Button]:
        if not has_role(self.request.user, Role.OWNER):
            return []
        url = reverse("registers:delete", args=[self.register.pk])
        return [Button(_("Delete register"), url=url, icon_name="bin")]

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return RegisterMixin.get_breadcrumbs_items(self)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        context["retired"] = self.register.fields.filter(retired=True)
        context["purposes"] = self.purposes
        return context

    @cached_property
    def purposes(self) -> RegisterPurposes:
        return RegisterPurposes(self.register, self.request.POST if self.request.method == "POST" else None)

    def others_are_valid(self) -> bool:
        return self.purposes.is_valid()

    @transaction.atomic
    def save(self, form: RegisterForm, rows: Any) -> str:
        form.save()
        if self.purposes.is_bound:
            set_purposes(register=self.register, rows=self.purposes.rows())
        # Locked in one order, because an import may be adding choices meanwhile.
        locked = self.register.fields.select_for_update(no_key=True).order_by("pk")
        fields = {field.pk: field for field in locked}
        for at, row in enumerate(in_order(rows)):
            values = row.cleaned_data
            field = fields.get(values.get("pk") or 0)
            if field is not None:
                try:
                    change_field(
                        field=field,
                        **{**row.as_arguments(), "label": values["label"] or field.label},
                        retired=bool(values.get("DELETE")),
                        sort_order=at,
                        renamed=renamed_choices(field, row),
                    )
                except ValidationError as mistake:
                    raise RowRefused(row, mistake) from mistake
                self.say_what_stays(field, row.option_labels())
            elif values.get("label") and not values.get("DELETE"):
                field = add_field(register=self.register, type=values["type"], **row.as_arguments())
                Field.objects.filter(pk=field.pk).update(sort_order=at)
        for pk in self.request.POST.getlist("restore"):
            if field := fields.get(row_id(pk)):
                field.retired = False
                field.save(update_fields=["retired"])
        messages.success(self.request, _("The register “%(name)s” is saved.") % {"name": self.register.name})
        return self.register_url

    def say_what_stays(self, field: Field, wanted: Sequence[str]) -> None:
        """Choices that were left out or renamed, and that people have: they would seem to come back by themselves."""
        codes = {row["code"] for row in option_rows(wanted, known=field.option_list)}
        stay = [option.label for option in field.option_list if option.code not in codes]
        if stay and not field.retired:
            text = ngettext(
                "%(choices)s stays among the choices of “%(column)s”: contacts have it. Filter the list by it, give "
                "these people another one, then remove it.",
                "%(choices)s stay among the choices of “%(column)s”: contacts have them. Filter the list by them, give "
                "these people others, then remove them.",
                len(stay),
            )
            messages.warning(self.request, text % {"choices": in_quotes(stay), "column": field.label})


def renamed_choices(field: Field, row: FieldRow) -> dict[str, str]:
    """The choices that go on by other names. Raises ValidationError where only a person can tell whether they do."""
    renames, answer = row.renames(), row.cleaned_data["renamed"]
    if not renames or answer == "no" or row.cleaned_data.get("DELETE"):
        return {}
    if answer == "yes":
        return renames
    asked = [option.label for option in field.option_list if option.label in renames and is_in_use(field, option)]
    if asked:
        changes = ", ".join(f"“{label}” → “{renames[label]}”" for label in asked)
        raise ValidationError(
            {"renamed": _("Contacts have choices that are called otherwise now: %(changes)s.") % {"changes": changes}}
        )
    return {}


class DeleteRegisterView(RegisterMixin, OrganisationTemplateView):
    required_role = Role.OWNER
    template_name = "registers/confirm_delete.html"
    page_title = gettext_lazy("Delete register")
    header_icon = "bin"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        context["back_url"] = self.register_url
        users = kwargs["users"] if "users" in kwargs else users_of(self.register)
        if users:
            return context | self.refusal(users)
        count = Contact.objects.filter(register=self.register).count()
        context["question"] = _("Delete the register “%(name)s” with everything in it?") % {"name": self.register.name}
        context["consequence"] = ngettext(
            "%(count)s contact, with history, groups and segments, will be gone for good. Who asked not to be written "
            "to stays on that list.",
            "%(count)s contacts, with history, groups and segments, will be gone for good. Who asked not to be "
            "written to stays on that list.",
            count,
        ) % {"count": number(count)}
        context["act"] = ngettext("Delete %(count)s contact", "Delete %(count)s contacts", count) % {
            "count": number(count)
        }
        context["must_type"] = self.register.name
        return context

    def refusal(self, users: list[Any]) -> dict[str, Any]:
        """The same page without the question: what uses the register, and what to do first."""
        return {
            "question": _("The register “%(name)s” cannot be deleted yet") % {"name": self.register.name},
            "consequence": _(
                "It is used below. Delete these first, or give them another register; nothing of this register is "
                "touched until then."
            ),
            "users": [f"{user._meta.verbose_name.capitalize()}: {user}" for user in users],
        }

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.POST.get("typed", "").strip() != self.register.name:
            messages.error(request, _("Nothing was deleted: type the name of the register to confirm."))
            return self.render_to_response(self.get_context_data(), status=422)
        count = Contact.objects.filter(register=self.register).count()
        try:
            removal = remove_register(register=self.register, user=request.user)
        except RegisterInUse as refusal:
            return self.refuse(refusal.users)
        except Register.DoesNotExist:  # somebody else has deleted it in this moment
            return redirect("registers:index")
        messages.success(request, describe_removal(removal, count))
        return redirect("registers:index")

    def refuse(self, users: list[Any]) -> HttpResponse:
        messages.error(self.request, _("Nothing was deleted: the register is in use."))
        return self.render_to_response(self.get_context_data(users=users), status=422)
