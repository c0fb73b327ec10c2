"""The groups of one contact, from their own page."""

from __future__ import annotations

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from wagtail.admin import messages

from guards.ids import row_id
from organisations.views import OrganisationView
from registers.access import log_access
from registers.memberships import add_to_group, remove_from_group
from registers.models import Contact, Group
from registers.views.contacts import ContactMixin


class ContactGroupView(ContactMixin, OrganisationView):
    """POST only: `join` or `leave` a group by its id."""

    in_part = True
    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        contact = self.contact
        join = "join" in request.POST
        wanted = row_id(request.POST.get("join" if join else "leave", ""))
        group = Group.objects.filter(register=self.register, pk=wanted).first()
        if group is None:
            messages.error(request, _("Choose a group."))
            return redirect(self.contact_url)
        with transaction.atomic():
            act = add_to_group if join else remove_from_group
            act(group=group, contacts=[contact.pk], source=_("by hand"))
            log_access(user=request.user, action="edit", subject=contact)
        said = _("%(contact)s is in “%(group)s” now.") if join else _("%(contact)s is not in “%(group)s” any more.")
        messages.success(request, said % {"contact": contact, "group": group.name})
        if Contact.objects.filter(pk=pk).exists():
            return redirect(self.contact_url)
        # Whoever sees some groups only has taken away what let them see this person.
        text = _("You do not see %(contact)s any more. Who sees the whole register can bring them back.")
        messages.warning(request, text % {"contact": contact})
        return redirect(self.register_url)
