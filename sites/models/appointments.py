from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from organisations.models import OrganisationModel


class Appointment(OrganisationModel):
    """When and where an event was said to be from `published_at` on; a new row each time that this is changed.

    Unsettled, guests who replied earlier, if any, are still to be told; `subject` and `body` are what they were told.
    See `sites.moves`.
    """

    page = models.ForeignKey("sites.RsvpPage", on_delete=models.CASCADE, related_name="appointments")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True, blank=True)
    where = models.CharField(max_length=410, blank=True)
    published_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True, blank=True)
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    subject = models.CharField(max_length=200, blank=True)
    body = models.TextField(blank=True)

    class Meta:
        verbose_name = _("time and place of an event")
        verbose_name_plural = _("times and places of events")
        indexes = [models.Index(fields=["page"], condition=Q(settled_at=None), name="appointment_unsettled")]

    def __str__(self) -> str:
        return f"{self.starts_at:%Y-%m-%d %H:%M} {self.where}".strip()

    def same_time_as(self, other: "Appointment") -> bool:
        return (self.starts_at, self.ends_at) == (other.starts_at, other.ends_at)

    def same_as(self, other: "Appointment") -> bool:
        return self.same_time_as(other) and self.where == other.where
