from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from organisations.managers import ScopedManager, UnscopedManager
from organisations.models import OrganisationModel
from organisations.reach import Within
from registers.reach import PartOfRegister
from registers.values import UNIQUE_TYPES, ColumnType, Option


class StayingRegisters(ScopedManager):
    """Less those that are being deleted, which takes minutes where they are large."""

    def get_queryset(self) -> Any:
        return super().get_queryset().filter(leaving=False)


class Register(OrganisationModel):  # type: ignore[django-manager-missing]
    """A named set of contacts with columns of its own."""

    name = models.CharField(_("name"), max_length=120)
    description = models.TextField(_("what it is for"), blank=True, max_length=1_000)
    privacy_notice = models.TextField(
        _("privacy notice"),
        blank=True,
        help_text=_("Told to people where they join or reply: why you keep their data."),
    )
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    leaving = models.BooleanField(default=False, db_default=False, editable=False)  # see `registers.removal`

    objects: ClassVar[Any] = StayingRegisters()
    unscoped: ClassVar[Any] = UnscopedManager()

    within_reach: ClassVar[Within] = PartOfRegister("id")

    class Meta:
        verbose_name = _("register")
        verbose_name_plural = _("registers")
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "name"],
                condition=models.Q(leaving=False),
                name="register_name_once",
                violation_error_message=_("There is already a register with this name."),
            ),
            # What rows of other tables refer to, so that they stay in the same organisation.
            models.UniqueConstraint(fields=["id", "organisation"], name="register_in_organisation"),
        ]

    def __str__(self) -> str:
        return self.name


class Field(OrganisationModel):
    """A column of a register beyond the ones that every contact has. Its key never changes once there are values."""

    register = models.ForeignKey(
        Register, on_delete=models.CASCADE, db_index=False, related_name="fields", verbose_name=_("register")
    )
    key = models.CharField(_("key"), max_length=60)
    label = models.CharField(_("name"), max_length=100)
    type = models.CharField(_("type"), max_length=20, choices=ColumnType.choices, default=ColumnType.TEXT)
    required = models.BooleanField(_("required"), default=False)
    help_text = models.CharField(_("help"), max_length=200, blank=True)
    unique = models.BooleanField(
        _("unique"), default=False, db_default=False, help_text=_("Nobody has the same here as another contact.")
    )
    default = models.JSONField(_("at first"), null=True, blank=True)  # as contacts have it; None for nothing
    section = models.CharField(_("section"), max_length=100, blank=True, default="", db_default="")
    options = models.JSONField(_("choices"), default=list, blank=True)
    sort_order = models.PositiveIntegerField(_("order"), default=0)
    retired = models.BooleanField(
        _("retired"), default=False, help_text=_("Hidden from lists and forms; what was stored is kept.")
    )

    within_reach: ClassVar[Within] = PartOfRegister("register_id")

    class Meta:
        verbose_name = _("column")
        verbose_name_plural = _("columns")
        ordering = ["sort_order", "id"]
        indexes = [models.Index(fields=["register"], condition=models.Q(unique=True), name="field_unique")]
        constraints = [
            models.UniqueConstraint(fields=["register", "key"], name="field_key_once"),
            models.CheckConstraint(condition=models.Q(key__regex=r"^[a-z][a-z0-9_]*$"), name="field_key_plain"),
            models.CheckConstraint(condition=models.Q(type__in=ColumnType.values), name="field_type_known"),
            models.CheckConstraint(
                condition=models.Q(unique=False) | models.Q(type__in=sorted(kind.value for kind in UNIQUE_TYPES)),
                name="field_unique_type",
            ),
        ]

    def __str__(self) -> str:
        return self.label

    CHOICE_TYPES: ClassVar[frozenset[str]] = frozenset({ColumnType.CHOICE, ColumnType.MULTIPLE_CHOICE})

    @property
    def has_options(self) -> bool:
        return self.type in self.CHOICE_TYPES

    @property
    def option_list(self) -> tuple[Option, ...]:
        rows: list[dict[str, Any]] = self.options
        return tuple(Option(row["code"], row["label"]) for row in rows)
