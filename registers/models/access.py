from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from organisations.models import OrganisationModel


class AccessLog(OrganisationModel):
    """Who looked at, changed or took out personal data. Names nobody whose data they were: it outlives erasure."""

    class Action(models.TextChoices):
        LIST = "list", _("Looked at a list")
        VIEW = "view", _("Looked at")
        EDIT = "edit", _("Changed")
        DELETE = "delete", _("Deleted")
        IMPORT = "import", _("Imported")
        EXPORT = "export", _("Exported")
        SEND = "send", _("Sent to")

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    action = models.CharField(_("action"), max_length=20, choices=Action.choices)
    subject = models.CharField(_("subject"), max_length=100)  # "register:3", "contact:17"
    count = models.PositiveIntegerField(_("people"), default=0)
    purpose = models.CharField(_("purpose"), max_length=200, blank=True)
    fields = models.JSONField(_("columns"), default=list, blank=True)
    at = models.DateTimeField(_("when"), auto_now_add=True)

    class Meta:
        verbose_name = _("access")
        verbose_name_plural = _("access log")
        ordering = ["-at", "-id"]
        indexes = [
            models.Index(fields=["organisation", "-at", "-id"], name="access_newest"),
            models.Index(fields=["organisation", "subject"], name="access_by_subject"),
        ]

    def __str__(self) -> str:
        return f"{self.get_action_display()} {self.subject}"
