from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.models.audit_log import BaseLogEntry, ModelLogEntryManager

from organisations import scope


class OrganisationLogManager(ModelLogEntryManager):
    """Keeps what was done to which row, never what the row was called: a label would outlive an erased person."""

    def get_queryset(self) -> Any:
        entries = super().get_queryset()
        if scope.current_or_none() is None:
            return entries
        return entries.filter(organisation_id=scope.current())

    def get_instance_title(self, instance: Any) -> str:
        return f"{instance._meta.verbose_name} {instance.pk}"

    def log_action(self, instance: Any, action: str, **kwargs: Any) -> "OrganisationLogEntry":
        kwargs["title"] = self.get_instance_title(instance)
        kwargs["organisation_id"] = instance.organisation_id
        entry: OrganisationLogEntry = super().log_action(instance, action, **kwargs)
        return entry

    def viewable_by_user(self, user: Any) -> Any:
        return self.get_queryset() if user.is_superuser else self.none()


class OrganisationLogEntry(BaseLogEntry):
    """What was done in the admin to a row of an organisation."""

    object_id = models.CharField(max_length=255, db_index=True)
    organisation = models.ForeignKey("organisations.Organisation", on_delete=models.CASCADE, related_name="+")

    objects: ClassVar[Any] = OrganisationLogManager()

    class Meta(BaseLogEntry.Meta):
        ordering = ["-timestamp", "-id"]
        verbose_name = _("log entry")
        verbose_name_plural = _("log entries")
