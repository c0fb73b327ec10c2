"""What text messages add to the admin."""

from wagtail import hooks

from sms.desk.viewsets import SmsViewSetGroup


@hooks.register("register_admin_viewset")
def register_viewsets() -> SmsViewSetGroup:
    return SmsViewSetGroup()
