from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SitesConfig(AppConfig):
    name = "sites"

    def ready(self) -> None:
        from campaigns.audiences import register_source  # noqa: PLC0415 - apps must be loaded first
        from mailer.outbox.kinds import register_letter_kind  # noqa: PLC0415
        from registers.activity import register_kind, register_source_names  # noqa: PLC0415
        from registers.erasure import register_remains  # noqa: PLC0415
        from registers.exports.holding import register_lists  # noqa: PLC0415
        from sites import merged, rounds, signals  # noqa: F401, PLC0415
        from sites.audiences import EventSource  # noqa: PLC0415
        from sites.deeds import register_deeds  # noqa: PLC0415
        from sites.lists import guest_lists_with  # noqa: PLC0415
        from sites.models import RsvpPage, SignUpPage  # noqa: PLC0415
        from sites.models.messages import MessageKind  # noqa: PLC0415
        from sites.remains import guests_that_stay, seats_that_stay  # noqa: PLC0415

        # Wagtail makes a page's routes at its first request, and two first requests at once trip over each other there.
        RsvpPage.get_resolver()
        SignUpPage.get_resolver()
        register_source(EventSource())
        register_deeds()
        register_remains(seats_that_stay)
        register_remains(guests_that_stay)
        register_lists(guest_lists_with)
        register_source_names("page", lambda ids: dict(RsvpPage.objects.filter(pk__in=ids).values_list("pk", "title")))
        for message in MessageKind:
            register_letter_kind(f"event.{message}", message.label)
        register_letter_kind("event.staff", _("News of a reply, to the team"))
        register_letter_kind("signup.confirm", _("Sign-up to be confirmed"))
        register_letter_kind("signup.link", _("Link to one’s own details"))
        for kind, label in (
            ("event.confirmed", _("Is confirmed for an event")),
            ("event.waiting", _("Waits for a seat at an event")),
            ("event.cancelled", _("Cancelled a reply to an event")),
            ("event.declined", _("Said no to an event")),
        ):
            register_kind(kind, label, "calendar-check")
        for kind, label in (
            ("signup.joined", _("Signed up by themselves")),
            ("signup.left", _("Left the list by themselves")),
        ):
            register_kind(kind, label, "form")
