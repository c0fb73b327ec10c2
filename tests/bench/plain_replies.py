"""The baseline of `bench_replies`: what a plain Django view does, read, then insert, without a lock."""

import os

from django.conf import settings
from django.db.models import Sum
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import include, path

from cms.wsgi import application
from organisations import scope
from registers.models import Contact, Register
from sites.models import Registration, RsvpPage

__all__ = ["application"]
SEATS = 800


def plain_reply(request: HttpRequest) -> HttpResponse:
    event = RsvpPage.objects.get(pk=os.environ["PLAIN_EVENT"])
    with scope.organisation(Register.unscoped.get(pk=event.register_id).organisation_id):
        if not request.POST.get("email"):
            return HttpResponse("warm")
        taken = Registration.objects.filter(page=event, version=0).aggregate(n=Sum("party_size"))["n"] or 0
        if taken >= SEATS:
            return HttpResponseRedirect("/full/")
        contact = Contact.objects.create(
            register_id=event.register_id,
            first_name=request.POST["first_name"],
            last_name=request.POST["last_name"],
            email=request.POST["email"],
        )
        Registration.objects.create(page=event, contact=contact, state="confirmed", version=0)
    return HttpResponseRedirect("/yes/")


urlpatterns = [path("plain/", plain_reply), path("", include("cms.urls"))]
settings.ROOT_URLCONF = __name__
