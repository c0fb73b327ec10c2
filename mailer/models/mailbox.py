from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from organisations import scope


class MailboxQuerySet(models.QuerySet["MailboxMessage"]):
    def seen_by(self, user: Any) -> Self:
        """Mails of the organisation in scope; the operator also sees those that belong to none."""
        own = Q(organisation_id=scope.current())
        return self.filter(own | Q(organisation=None) if user.is_superuser else own)


class MailboxMessage(models.Model):
    """A mail that reached the practice mailbox instead of the world, as it came over the line."""

    organisation = models.ForeignKey(
        "organisations.Organisation", on_delete=models.CASCADE, db_index=False, null=True, related_name="+"
    )
    received_at = models.DateTimeField(_("received"), auto_now_add=True)
    message_id = models.CharField(max_length=255, blank=True)
    return_path = models.CharField(max_length=320, blank=True)
    to = models.TextField(_("to"))  # envelope recipients, apart by ", "
    subject = models.TextField(_("subject"), blank=True)
    sender = models.TextField(_("from"), blank=True)
    raw = models.BinaryField()

    objects: ClassVar[Any] = models.Manager.from_queryset(MailboxQuerySet)()

    class Meta:
        verbose_name = _("practice mail")
        verbose_name_plural = _("practice mails")
        ordering = ["-pk"]
        indexes = [models.Index(fields=["organisation", "-id"], name="mailbox_newest")]

    def __str__(self) -> str:
        return self.subject or gettext("(no subject)")
