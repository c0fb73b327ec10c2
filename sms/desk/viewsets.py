"""Text messages in the admin: keywords, numbers, what has come in, and the practice telephone."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import path, reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.generic.base import ContextMixin
from wagtail.admin import messages
from wagtail.admin.menu import MenuItem
from wagtail.admin.ui.tables import Column, TitleColumn
from wagtail.admin.views import generic
from wagtail.admin.viewsets.base import ViewSet, ViewSetGroup

from organisations import reach
from organisations.figures import number
from organisations.models import Role
from organisations.roles import has_role
from organisations.views import OrganisationView
from organisations.viewsets import OrganisationDeleteView, OrganisationViewSet
from sms.desk import practice, received
from sms.desk.forms import KeywordForm, ShortNumberForm, in_words
from sms.models import Inbound, Keyword, ShortNumber
from sms.models.numbers import new_key
from sms.transports import is_practice, setup_problem

ICON = "mobile-alt"


class EditorMenuItem(MenuItem):
    """For editors who see all of the organisation."""

    def is_shown(self, request: HttpRequest) -> bool:
        return has_role(request.user, Role.EDITOR) and not reach.is_limited()


class PracticeMenuItem(EditorMenuItem):
    """There only while no text message leaves."""

    def is_shown(self, request: HttpRequest) -> bool:
        return is_practice() and super().is_shown(request)


class SmsContext(ContextMixin):
    """What each of these screens says first: that nothing can leave, or that nothing does."""

    request: HttpRequest

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        return context | {
            "sms_problem": setup_problem(),
            "sms_practice": is_practice(),
            "has_number": ShortNumber.objects.exists(),
            "may_add_number": has_role(self.request.user, Role.OWNER),
        }


class KeywordIndexView(SmsContext, generic.IndexView):
    template_name = "sms/keywords.html"
    results_template_name = "sms/keyword_results.html"
    default_ordering = "word"

    def get_add_url(self) -> str | None:
        """None while there is no number: the empty list says what comes first."""
        return super().get_add_url() if ShortNumber.objects.exists() else None

    def get_base_queryset(self) -> Any:
        done = Q(inbound__outcome__in=[Inbound.Outcome.JOINED, Inbound.Outcome.MEMBER, Inbound.Outcome.LEFT])
        rows = Keyword.objects.select_related("number", "register", "group")
        return rows.annotate(count=Count("inbound", filter=done))

    @cached_property
    def columns(self) -> list[Column]:
        return [
            TitleColumn("word", label=_("Keyword"), get_url=self.get_edit_url, sort_key="word"),
            Column("number", label=_("Number"), sort_key="number__number"),
            Column("act", label=_("What it does"), accessor=what_it_does),
            Column("count", label=_("Times"), accessor=lambda keyword: number(keyword.count), sort_key="count"),
            Column("reply", label=_("Answer"), accessor=lambda keyword: in_words(keyword.reply) or _("None")),
        ]


def what_it_does(keyword: Keyword) -> str:
    """In one line: “Join Members: Choir”."""
    place = f"{keyword.register}: {keyword.group}" if keyword.group else str(keyword.register)
    return f"{keyword.get_act_display()} {place}"


class KeywordFormMixin(SmsContext):
    def get_page_subtitle(self) -> str:
        instance = getattr(self, "object", None)
        return str(instance or _("Keyword"))


class KeywordCreateView(KeywordFormMixin, generic.CreateView):
    template_name = "sms/form.html"


class KeywordEditView(KeywordFormMixin, generic.EditView):
    template_name = "sms/form.html"


class KeywordDeleteView(OrganisationDeleteView):
    @property
    def confirmation_message(self) -> str:
        said = _("Who sends it to %(number)s then gets the answer to anything else, and nothing is done.") % {
            "number": self.object.number
        }
        return f"{said} {super().confirmation_message}"


class KeywordViewSet(OrganisationViewSet):
    model = Keyword
    form_class = KeywordForm
    name = "sms_keywords"
    url_prefix = "sms/keywords"
    icon = ICON
    menu_label = gettext_lazy("Keywords")
    menu_order = 10
    menu_item_class = EditorMenuItem
    search_fields = ["word"]
    list_filter = ["act"]
    index_view_class = KeywordIndexView
    add_view_class = KeywordCreateView
    edit_view_class = KeywordEditView
    delete_view_class = KeywordDeleteView
    index_template_name = "sms/keywords.html"
    index_results_template_name = "sms/keyword_results.html"
    create_template_name = "sms/form.html"
    edit_template_name = "sms/form.html"


class NumberIndexView(SmsContext, generic.IndexView):
    template_name = "sms/numbers.html"
    results_template_name = "sms/number_results.html"

    def get_base_queryset(self) -> Any:
        return ShortNumber.objects.annotate(words=Count("keywords"))

    @cached_property
    def columns(self) -> list[Column]:
        return [
            TitleColumn("number", label=_("Number"), get_url=self.get_edit_url),
            Column("words", label=_("Keywords")),
        ]


class NumberCreateView(SmsContext, generic.CreateView):
    """Leads on to the number's own form: there is the address that the operator has to know."""

    template_name = "sms/form.html"

    def get_success_url(self) -> str:
        return str(self.get_edit_url())

    def get_success_buttons(self) -> list[Any]:
        return []


class NumberEditView(SmsContext, generic.EditView):
    template_name = "sms/number_form.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        door = settings.BASE_URL.rstrip("/") + reverse("sms:inbound", args=[self.object.key])
        return context | {"door": door}


class NewKeyView(OrganisationView):
    """POST gives a number another address for received messages; the old one ends at once."""

    http_method_names = ["post"]
    required_role = Role.OWNER

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        number = get_object_or_404(ShortNumber, pk=pk)
        number.key = new_key()
        number.save(update_fields=["key"])
        messages.success(request, _("The number has a new address. Tell your SMS company: the old one has ended."))
        return redirect("sms_numbers:edit", number.pk)


class NumberDeleteView(OrganisationDeleteView):
    @property
    def confirmation_message(self) -> str:
        inbound = Inbound.objects.filter(number=self.object).count()
        words = Keyword.objects.filter(number=self.object).count()
        said = [
            ngettext("%(count)s keyword goes with it.", "%(count)s keywords go with it.", words),
            ngettext(
                "%(count)s message that it has received goes with it.",
                "%(count)s messages that it has received go with it.",
                inbound,
            ),
        ]
        gone = [text % {"count": number(count)} for text, count in zip(said, (words, inbound), strict=True) if count]
        return " ".join([*gone, super().confirmation_message])


class NumberViewSet(OrganisationViewSet):
    model = ShortNumber
    form_class = ShortNumberForm
    name = "sms_numbers"
    url_prefix = "sms/numbers"
    icon = "password"
    menu_label = gettext_lazy("Numbers")
    menu_order = 20
    menu_item_class = EditorMenuItem
    search_fields = ["number"]
    index_view_class = NumberIndexView
    add_view_class = NumberCreateView
    edit_view_class = NumberEditView
    delete_view_class = NumberDeleteView
    index_template_name = "sms/numbers.html"
    index_results_template_name = "sms/number_results.html"
    create_template_name = "sms/form.html"
    edit_template_name = "sms/number_form.html"

    def get_urlpatterns(self) -> list[Any]:
        return [*super().get_urlpatterns(), path("<int:pk>/key/", NewKeyView.as_view(), name="new_key")]


class ReceivedViewSet(ViewSet):
    name = "sms_received"
    url_prefix = "sms/received"
    icon = "download"
    menu_label = gettext_lazy("Received")
    menu_order = 30
    menu_item_class = EditorMenuItem

    def get_urlpatterns(self) -> list[Any]:
        return [
            path("", received.ReceivedView.as_view(), name="index"),
            path("results/", received.ReceivedView.as_view(results_only=True), name="index_results"),
            path("<int:pk>/again/", received.AgainView.as_view(), name="again"),
            path("<int:pk>/settle/", received.SettleView.as_view(), name="settle"),
        ]


class PracticeViewSet(ViewSet):
    name = "sms_practice"
    url_prefix = "sms/practice"
    icon = ICON
    menu_label = gettext_lazy("Practice telephone")
    menu_order = 40
    menu_item_class = PracticeMenuItem

    def get_urlpatterns(self) -> list[Any]:
        return [path("", practice.PracticeView.as_view(), name="index")]


class SmsViewSetGroup(ViewSetGroup):
    menu_label = gettext_lazy("SMS")
    menu_icon = ICON
    menu_order = 250
    add_to_admin_menu = True
    items = (KeywordViewSet(), NumberViewSet(), ReceivedViewSet(), PracticeViewSet())
