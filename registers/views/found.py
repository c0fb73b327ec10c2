"""From the search in the menu to the people of a register."""

from __future__ import annotations

from urllib.parse import urlencode

from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from wagtail.admin import messages

from organisations.figures import number
from organisations.models import Role
from organisations.views import OrganisationView
from registers.models import Contact, Register

NAMED = 5  # other registers in which somebody is found


class FindPeopleView(OrganisationView):
    """Leads to the list of the register in which most are found, and says in which others somebody is."""

    required_role = Role.VIEWER

    def get(self, request: HttpRequest) -> HttpResponse:
        text = request.GET.get("q", "").strip()[:100]
        counted = Contact.objects.search(text).order_by().values_list("register").annotate(count=Count("pk"))
        found = dict(counted)
        names = dict(Register.objects.filter(pk__in=found).values_list("pk", "name"))
        pks = sorted(names, key=lambda pk: (-found[pk], names[pk]))
        if not pks:
            if text:
                messages.warning(request, _("Nobody in your registers is found by “%(text)s”.") % {"text": text})
            return redirect("registers:index")
        for pk in pks[1 : NAMED + 1]:
            words = ngettext(
                "%(count)s contact of “%(register)s” is found, too.",
                "%(count)s contacts of “%(register)s” are found, too.",
                found[pk],
            )
            words %= {"count": number(found[pk]), "register": names[pk]}
            messages.info(request, words, buttons=[messages.button(_address(pk, text), _("See them"))])
        return redirect(_address(pks[0], text))


def _address(register: int, text: str) -> str:
    return f"{reverse('registers:contacts', args=[register])}?{urlencode({'q': text})}"
