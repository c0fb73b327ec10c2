from django.urls import path

from organisations import team, views

app_name = "organisations"

urlpatterns = [
    path("organisation/switch/", views.SwitchView.as_view(), name="switch"),
    path("organisation/settings/", team.SettingsView.as_view(), name="settings"),
    path("organisation/team/", team.TeamView.as_view(), name="team"),
    path("organisation/team/add/", team.AddMemberView.as_view(), name="add_member"),
    path("organisation/team/<int:pk>/", team.MemberView.as_view(), name="member"),
    path("organisation/team/<int:pk>/remove/", team.RemoveMemberView.as_view(), name="remove_member"),
]
