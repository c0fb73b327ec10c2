"""Acting on many contacts at once: always first a page that says how many and what."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin import messages

from guards.ids import row_ids
from guards.seen import fingerprint
from organisations.models import Role
from organisations.views import OrganisationTemplateView, put_errors
from registers.bulk.acts import Does
from registers.bulk.preparing import choose_contacts
from registers.contacts import describe_count
from registers.duplicates.comparing import FEWEST, MOST
from registers.filters import matching_contacts
from registers.models import Contact
from registers.views.base import RegisterMixin
from registers.views.bulk_acts import ACTS, BulkAct
from registers.views.changes import BEGUN_FROM, MOST_BEGUN
from registers.views.duplicates import compare_url
from registers.views.exports import export_url

# What is counted beforehand and can be undone, by those who see the whole register: what it does, in which column.
CHANGES = {"change": ("", ""), "source": ("", "source"), "add": (Does.JOIN, ""), "remove": (Does.LEAVE, "")}


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
        return self.ask_or_perform(act, ACTS[act](register=self.register, contacts=self.chosen, user=request.user))

    def ask_or_perform(self, name: str, act: BulkAct) -> HttpResponse:
        post = self.request.POST
        confirmed = "confirmed" in post
        form = act.form(post if confirmed else None)
        if confirmed and post.get("every") and post.get("seen") != self.mark:
            messages.warning(self.request, _("Nothing was done: the list has changed since you looked. Look again."))
        elif confirmed and (form is None or form.is_valid()):
            try:
                with transaction.atomic():
                    messages.success(self.request, act.perform(form.cleaned_data if form else {}))
                return redirect(self.list_url)
            except ValidationError as error:
                assert form is not None
                put_errors(form, error)
        number = len(self.chosen)
        names = {"count": describe_count(number), "number": number, "register": self.register.name}
        context = self.get_context_data(
            act=act,
            form=form,
            question=act.question % names,
            act_label=act.button % names,
            hidden=self.hidden(name),
            back_url=self.list_url,
        )
        return self.render_to_response(context)

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

    def hidden(self, act: str) -> SafeString:
        post = self.request.POST
        pairs = [("act", act), ("confirmed", "1"), ("query", post.get("query", ""))]
        if post.get("every"):
            pairs += [("every", "1"), ("seen", self.mark)]
        else:
            pairs += [("contact", str(pk)) for pk in self.chosen]
        return format_html_join("", '<input type="hidden" name="{}" value="{}">', pairs)
