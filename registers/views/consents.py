"""Consent that somebody of the team writes down: said on the phone, on paper, by e-mail, in person."""

from __future__ import annotations

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from wagtail.admin import messages

from guards.ids import row_id
from organisations.views import OrganisationView
from registers.access import log_access
from registers.consents import record_consent
from registers.forms.purposes import ConsentForm
from registers.models import Channel, Purpose
from registers.views.contacts import ContactMixin

GIVEN, WITHDRAWN = "given", "withdrawn"


class ConsentView(ContactMixin, OrganisationView):
    """POST only: a click beside a purpose writes one act down. Acts are never changed."""

    in_part = True
    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        contact = self.contact
        number, channel, said = (*request.POST.get("act", "").split(":"), "", "", "")[:3]
        purpose = Purpose.objects.filter(pk=row_id(number)).first()
        form = ConsentForm(request.POST)
        if not form.is_valid():
            messages.error(request, _("Nothing was written down yet: say first how they told you."))
        elif purpose is None or channel not in Channel.values or said not in (GIVEN, WITHDRAWN):
            messages.error(request, _("Nothing was written down: this purpose is not there any more."))
        else:
            with transaction.atomic():
                record_consent(
                    contact=contact,
                    purpose=purpose,
                    channel=channel,
                    granted=said == GIVEN,
                    how=form.how_in_words,
                    text=form.cleaned_data["text"] or purpose.description,
                )
                log_access(user=request.user, action="edit", subject=contact)
            text = _("%(name)s gave consent: %(purpose)s, %(channel)s.")
            if said == WITHDRAWN:
                text = _("%(name)s withdrew consent: %(purpose)s, %(channel)s.")
            facts = {"name": contact, "purpose": purpose, "channel": Channel(channel).label}
            messages.success(request, text % facts)
        return redirect(f"{self.contact_url}#consents-section")
