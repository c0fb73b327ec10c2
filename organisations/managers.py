"""Managers that see one organisation, and of that what the person may see; and those that see all."""

from collections.abc import Iterable
from functools import cache
from typing import Any, Generic, TypeVar

from django.db import models

from organisations import reach, scope

M = TypeVar("M", bound=models.Model)


class OrganisationQuerySet(models.QuerySet[M], Generic[M]):
    """Base of the querysets of models that belong to an organisation."""

    def bulk_create(self, objs: Iterable[M], *args: Any, **kwargs: Any) -> list[M]:
        rows = list(objs)
        for row in rows:
            claim_for_scope(row)
        return super().bulk_create(rows, *args, **kwargs)


class ScopedManager(models.Manager.from_queryset(OrganisationQuerySet)):  # type: ignore[misc]
    """Rows of the organisation in scope, within reach; raises ScopeMissing at the query where there is no scope."""

    def get_queryset(self) -> Any:
        rows = super().get_queryset()
        rows.query = limited_query(self.model).chain()
        return rows


@cache
def limited_query(model: Any) -> Any:
    """What the querysets of a model start from. Made once, as scope and reach are looked up when SQL is compiled: some
    pages ask for hundreds of querysets."""
    within: reach.Within = model.within_reach
    return models.QuerySet(model).filter(within, organisation_id=scope.CurrentOrganisation()).query


class UnscopedManager(models.Manager.from_queryset(OrganisationQuerySet)):  # type: ignore[misc]
    """Rows of every organisation: for sweeps, migrations and the operator, never for a request."""


def claim_for_scope(row: Any) -> None:
    """Give a new row to the organisation in scope; raises ForeignOrganisation for a row of another one."""
    in_scope = scope.current_or_none()
    if row.organisation_id is None:
        row.organisation_id = scope.current()
    elif in_scope is not None and row.organisation_id != in_scope:
        raise scope.ForeignOrganisation(
            f"{type(row).__name__} of organisation {row.organisation_id} written in the scope of {in_scope}."
        )
