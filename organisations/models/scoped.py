from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from organisations import reach
from organisations.managers import ScopedManager, UnscopedManager, claim_for_scope


def organisation_key(*, implied: bool = False) -> Any:
    """The foreign key to the organisation of a row.

    `implied` where another key of the row compares organisations (`registers.constraints`), for then the organisation
    is there if that row is: asked again for each of a million rows it is a good part of what their writing costs.
    """
    return models.ForeignKey(
        "organisations.Organisation",
        on_delete=models.CASCADE,
        db_constraint=not implied,
        # Of no use where an organisation has most rows of a table, and dear in the tables of many rows: what is
        # listed by organisation has an index of its own that begins with it.
        db_index=False,
        related_name="+",
        editable=False,
        verbose_name=_("organisation"),
    )


class OrganisationModel(models.Model):
    """A row that belongs to one organisation and is never seen from another.

    `objects` sees the organisation in scope and raises without one; `unscoped` sees all. A new row is given to the
    organisation in scope; writing a foreign one raises ForeignOrganisation.
    """

    organisation = organisation_key()

    objects: ClassVar[Any] = ScopedManager()
    unscoped: ClassVar[Any] = UnscopedManager()

    # Which rows those see who may see a part only: none, until the model says otherwise. See `organisations.reach`.
    within_reach: ClassVar[reach.Within] = reach.Nothing()

    # What a role may do; a model says otherwise where it must. See `organisations.permissions`.
    permission_roles: ClassVar[dict[str, str]] = {}

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        claim_for_scope(self)
        super().save(*args, **kwargs)

    def full_clean(self, *args: Any, **kwargs: Any) -> None:
        claim_for_scope(self)
        super().full_clean(*args, **kwargs)
