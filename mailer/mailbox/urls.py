from django.urls import path

from mailer.mailbox import views

app_name = "mailbox"
urlpatterns = [
    path("", views.MailboxListView.as_view(), name="list"),
    path("results/", views.MailboxListView.as_view(results_only=True), name="results"),
    path("<int:pk>/", views.ReadView.as_view(), name="read"),
    path("<int:pk>/html/", views.HtmlView.as_view(), name="html"),
    path("<int:pk>/raw/", views.RawView.as_view(), name="raw"),
    path("<int:pk>/attachments/<int:number>/", views.AttachmentView.as_view(), name="attachment"),
]
