from django.conf import settings
from django.urls import include, path, re_path
from wagtail import urls as wagtail_urls
from wagtail.admin import urls as wagtailadmin_urls
from wagtail.documents import urls as wagtaildocs_urls

from cms import views
from sites.doors import password, rush
from sites.signups import elsewhere

handler400 = "cms.views.bad_request"
handler404 = "cms.views.not_found"

urlpatterns = [
    path("admin/login/", views.LimitedLoginView.as_view()),
    path("admin/password_reset/", views.LimitedPasswordResetView.as_view()),
    path("admin/sprite/", views.icons, name="wagtailadmin_sprite"),
    path("admin/", include(wagtailadmin_urls)),
    path("m/", include("mailer.urls")),
    path("sms/", include("sms.urls")),
    path("s/<int:page_id>/", elsewhere.form, name="sign_up"),
    path("documents/", include(wagtaildocs_urls)),
    path("healthz", views.health, name="health"),
    re_path(rf"^{settings.MEDIA_URL.strip('/')}/(?P<path>.+)$", views.media, name="media"),
    path("", views.front_door, name="front_door"),
    path("_util/authenticate_with_password/<int:page_view_restriction_id>/<int:page_id>/", password.door),
    re_path(wagtail_urls.serve_pattern, rush.serve),
    path("", include(wagtail_urls)),
]
