from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MailerConfig(AppConfig):
    name = "mailer"

    def ready(self) -> None:
        from campaigns.audiences import register_source  # noqa: PLC0415
        from mailer.answers.deeds import register_deeds  # noqa: PLC0415
        from mailer.answers.unopened import UnopenedSource  # noqa: PLC0415
        from mailer.editing import pictures, tree  # noqa: F401, PLC0415  they register what they hear
        from mailer.outbox import audiences, automations, birthdays, erasure, followups, joiners, sweeps  # noqa: F401, PLC0415  they register what they hear and repeat
        from mailer.outbox.kinds import register_letter_kind  # noqa: PLC0415
        from mailer.outbox.naming import campaigns_with, names_of_campaigns, names_of_letters  # noqa: PLC0415
        from registers.activity import register_kind, register_source_names  # noqa: PLC0415
        from registers.exports.holding import register_lists  # noqa: PLC0415

        register_deeds()
        register_lists(campaigns_with)
        register_source(UnopenedSource())
        register_letter_kind("test", _("Test"))
        register_letter_kind(birthdays.KIND, _("Reminder of a round birthday"))
        register_letter_kind(followups.KIND, _("Reminder of a follow-up"))
        register_letter_kind(joiners.KIND, _("Automation of a group"))
        register_source_names("campaign", names_of_campaigns)
        register_source_names("message", names_of_letters)
        register_kind("email_sent", _("E-mail sent"), "mail")
        register_kind("email_bounced", _("Address does not exist"), "warning")
        register_kind("unsubscribed", _("Unsubscribed from e-mails"), "cross")
        register_kind("resubscribed", _("Subscribed to e-mails again"), "check")
