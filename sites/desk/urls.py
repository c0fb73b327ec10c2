from django.urls import path

from sites.desk import badges, calling_off, events, line, moving, replies, reports, sign_ups

app_name = "events"

urlpatterns = [
    path("events/", events.EventsView.as_view(), name="index"),
    path("events/<int:event_id>/", events.EventView.as_view(), name="event"),
    path("events/<int:event_id>/numbers/", events.NumbersView.as_view(), name="numbers"),
    path("events/<int:event_id>/report/", reports.ReportView.as_view(), name="report"),
    path("events/<int:event_id>/export/", reports.ExportView.as_view(), name="export"),
    path("events/<int:event_id>/badges/", badges.BadgesView.as_view(), name="badges"),
    path("events/<int:event_id>/cancel/", calling_off.CancelEventView.as_view(), name="cancel_event"),
    path("events/<int:event_id>/change/", moving.TellChangeView.as_view(), name="tell_change"),
    path("events/<int:event_id>/change/known/", moving.GuestsKnowView.as_view(), name="guests_know"),
    path("events/<int:event_id>/remind/", calling_off.SendReminderView.as_view(), name="send_reminder"),
    path("events/<int:event_id>/replies/add/", replies.FindPersonView.as_view(), name="find_person"),
    path("events/<int:event_id>/replies/new/", replies.AddReplyView.as_view(), name="add_reply"),
    path("events/<int:event_id>/replies/<int:registration_id>/", replies.ChangeReplyView.as_view(), name="reply"),
    path(
        "events/<int:event_id>/replies/<int:registration_id>/cancel/",
        replies.CancelReplyView.as_view(),
        name="cancel_reply",
    ),
    path("events/<int:event_id>/replies/<int:registration_id>/up/", line.MoveUpView.as_view(), name="move_up"),
    path("sign-ups/", sign_ups.SignUpPagesView.as_view(), name="sign_ups"),
    path("sign-ups/<int:sign_up_page_id>/", sign_ups.SignUpPageView.as_view(), name="sign_up_page"),
]
