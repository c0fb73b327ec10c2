from django.urls import path

from organisations import views

app_name = "organisations"

urlpatterns = [
    path("organisation/switch/", views.SwitchView.as_view(), name="switch"),
]
