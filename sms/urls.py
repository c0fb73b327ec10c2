"""The gateway's door: `/sms/<key>/`, with its last slash or without: gateways do not follow where one is led on."""

from django.urls import re_path

from sms import doors

app_name = "sms"

inbound = doors.InboundView.as_view()
urlpatterns = [re_path(r"^(?P<key>\w{32})/$", inbound, name="inbound"), re_path(r"^(?P<key>\w{32})$", inbound)]
