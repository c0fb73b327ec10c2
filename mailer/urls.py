"""The doors in every letter: `/m/…`."""

from django.urls import re_path

from mailer.answers import doors

app_name = "mailer"

urlpatterns = [
    re_path(r"^o/(?P<token>[\w.~-]{1,200})\.gif$", doors.opened, name="open"),
    re_path(r"^c/(?P<token>[\w.~-]{1,200})/(?P<position>\d{1,4})/$", doors.clicked, name="click"),
    re_path(r"^w/(?P<token>[\w.~-]{1,200})/$", doors.on_the_web, name="web"),
    re_path(r"^u/(?P<token>[\w.~-]{1,200})/$", doors.UnsubscribeView.as_view(), name="unsubscribe"),
]
