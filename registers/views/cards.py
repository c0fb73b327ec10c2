"""A contact as a QR code, to take along with a phone."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from organisations.views import OrganisationView
from registers.access import log_access
from registers.exports.cards import qr_code
from registers.views.contacts import ContactMixin


class QrView(ContactMixin, OrganisationView):
    """The picture alone, drawn here: nobody else hears of the person. Fetched when the panel is opened, and logged."""

    in_part = True

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        svg, parts = qr_code(self.contact)
        log_access(
            user=request.user,
            action="export",
            subject=self.contact,
            purpose=_("To a phone, as a QR code"),
            fields=["first_name", "last_name", *parts],
        )
        response = HttpResponse(svg, content_type="image/svg+xml")
        response["Cache-Control"] = "private, no-store"
        response["X-Content-Type-Options"] = "nosniff"
        return response
