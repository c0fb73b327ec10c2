"""The gateway's door: `/sms/<key>/`."""

from django.urls import re_path

from sms import doors

app_name = "sms"

urlpatterns = [re_path(r"^(?P<key>\w{32})/$", doors.InboundView.as_view(), name="inbound")]
