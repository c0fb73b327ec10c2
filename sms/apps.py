from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SmsConfig(AppConfig):
    name = "sms"
    verbose_name = "SMS"

    def ready(self) -> None:
        from registers.activity import register_kind  # noqa: PLC0415 - apps must be loaded first
        from registers.deeds import Deed, register_deed  # noqa: PLC0415
        from sms import erasure, needed, sweeps  # noqa: F401, PLC0415  they register what they hear and repeat
        from sms.models import Inbound  # noqa: PLC0415

        register_deed(Deed("sms_received", _("Sent us a text message"), Inbound.objects.all, at="received_at"))
        register_kind("sms.joined", _("Joined by text message"), "mobile-alt")
        register_kind("sms.left", _("Left by text message"), "mobile-alt")
        register_kind("sms.stopped", _("Wants no more text messages"), "cross")
        register_kind("sms.received", _("Sent a text message"), "mobile-alt")
        register_kind("sms.sent", _("Text message sent"), "mobile-alt")
