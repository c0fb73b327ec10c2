from __future__ import annotations

from collections import defaultdict
from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from organisations.models import OrganisationModel
from organisations.reach import Within
from registers.constraints import SameOrganisation
from registers.models.contact import Contact
from registers.models.register import Register
from registers.reach import Groups, OfGroup


class Group(OrganisationModel):
    """Contacts of a register picked by hand; groups may stand below groups."""

    register = models.ForeignKey(
        Register,
        on_delete=models.CASCADE,
        db_constraint=False,
        db_index=False,
        related_name="groups",
        verbose_name=_("register"),
    )
    name = models.CharField(_("name"), max_length=120)
    parent = models.ForeignKey(
        "self",
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="children",
        verbose_name=_("part of"),
        help_text=_("Members of this group then count as members of that one too."),
    )
    contacts = models.ManyToManyField(
        Contact, through="GroupMembership", related_name="groups", verbose_name=_("contacts")
    )

    within_reach: ClassVar[Within] = Groups("id", "register_id")

    class Meta:
        verbose_name = _("group")
        verbose_name_plural = _("groups")
        ordering = ["name", "id"]
        indexes = [models.Index(fields=["organisation", "name", "id"], name="group_by_name")]
        constraints = [
            models.UniqueConstraint(
                fields=["register", "parent", "name"],
                name="group_name_once",
                nulls_distinct=False,
                violation_error_message=_("There is already a group with this name."),
            ),
            models.CheckConstraint(condition=~models.Q(parent=models.F("id")), name="group_not_in_itself"),
            models.UniqueConstraint(fields=["id", "organisation"], name="group_in_organisation"),
            SameOrganisation(field="register", to="registers.Register", name="group_register_organisation"),
        ]

    def __str__(self) -> str:
        return self.name

    def with_descendants(self) -> list[int]:
        """The ids of this group and of all below it, at any depth."""
        below: dict[int | None, list[int]] = defaultdict(list)
        for pk, parent in Group.objects.filter(register=self.register_id).values_list("pk", "parent"):
            below[parent].append(pk)
        found: list[int] = []
        waiting = [self.pk]
        while waiting:
            pk = waiting.pop()
            if pk not in found:
                found.append(pk)
                waiting.extend(below[pk])
        return found


class GroupMembership(OrganisationModel):
    group = models.ForeignKey(
        Group, on_delete=models.CASCADE, db_constraint=False, db_index=False, related_name="memberships"
    )
    contact = models.ForeignKey(Contact, on_delete=models.CASCADE, db_constraint=False, related_name="memberships")
    added_at = models.DateTimeField(_("added"), auto_now_add=True)
    made_by = models.ForeignKey(
        "registers.Import", on_delete=models.SET_NULL, null=True, blank=True, editable=False, related_name="+"
    )

    within_reach: ClassVar[Within] = OfGroup("group_id")

    class Meta:
        verbose_name = _("member")
        verbose_name_plural = _("members")
        constraints = [
            models.UniqueConstraint(fields=["group", "contact"], name="group_member_once"),
            SameOrganisation(field="group", to="registers.Group", name="member_group_organisation"),
            SameOrganisation(field="contact", to="registers.Contact", name="member_contact_organisation"),
        ]

    def __str__(self) -> str:
        return f"{self.group_id} · {self.contact_id}"
