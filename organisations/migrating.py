"""What nearly every table has, said once for all migrations. Migrations that are out rest on it: it does not change."""

from django.conf import settings
from django.db import models

ID = ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"))


def _organisation(*, db_constraint: bool) -> "tuple[str, models.ForeignKey[models.Model, models.Model]]":
    key = models.ForeignKey(
        "organisations.organisation",
        models.CASCADE,
        related_name="+",
        verbose_name="organisation",
        editable=False,
        db_constraint=db_constraint,
        db_index=False,
    )
    return "organisation", key


ORGANISATION = _organisation(db_constraint=True)
# Where a SameOrganisation key compares it already.
IMPLIED_ORGANISATION = _organisation(db_constraint=False)

# The row of Wagtail's that a page's own row belongs to.
PAGE = (
    "page_ptr",
    models.OneToOneField(
        settings.WAGTAIL_PAGE_MODEL,  # type: ignore[misc]  # Wagtail sets it
        models.CASCADE,
        parent_link=True,
        primary_key=True,
        auto_created=True,
        serialize=False,
    ),
)
