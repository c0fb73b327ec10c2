from __future__ import annotations

from pathlib import Path
from typing import Any, ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from organisations.models import OrganisationModel, organisation_key
from organisations.reach import Within
from registers.constraints import SameOrganisation
from registers.models.contact import Contact
from registers.models.group import Group, GroupMembership
from registers.models.mapping import RememberedMapping
from registers.models.note import Note
from registers.models.register import Register
from registers.reach import OfImport, WholeRegister


class Import(OrganisationModel):
    """A spreadsheet on its way into a register: uploaded → checking → ready → importing → done.

    A change of many contacts at once takes the same way, and back: instead of a file it has `change`, what is done
    ("does", "column", "value": `registers.bulk.acts`), and instead of rows `ChosenContacts`.
    """

    class State(models.TextChoices):
        UPLOADED = "uploaded", _("Uploaded")
        CHECKING = "checking", _("Being checked")
        READY = "ready", _("Ready to import")
        IMPORTING = "importing", _("Being imported")
        DONE = "done", _("Imported")
        CANCELLED = "cancelled", _("Cancelled")
        FAILED = "failed", _("Could not be read")

    class MatchBy(models.TextChoices):
        EXTERNAL_ID = "external_id", _("External id")
        EMAIL = "email", _("E-mail address")
        PHONE = "phone", _("Phone number")
        NAME_BIRTH = "name_birth", _("First name, last name and date of birth")
        NAME_EMAIL = "name_email", _("First name, last name and e-mail address")
        NAME_PHONE = "name_phone", _("First name, last name and phone number")
        NAME_STREET = "name_street", _("First name, last name and street address, of who has nothing else")

    class Rule(models.TextChoices):
        OVERWRITE = "overwrite", _("The file wins: its values replace what is there; its empty cells change nothing")
        FILL = "fill", _("The register wins: the file only fills what is empty")
        NEWER = "newer", _("The newer wins: the file’s values replace what is there, but not what people wrote later")

    class Mistakes(models.TextChoices):
        REJECT = "reject", _("Leave the whole row out, to be corrected in the file")
        SKIP = "skip", _("Leave out only that value and import the rest of the row")

    class Undo(models.TextChoices):
        """Beside the state: what was written is judged → shown with numbers → taken back."""

        NO = "", _("Not undone")
        CHECKING = "checking", _("Undo being prepared")
        READY = "ready", _("Ready to undo")
        RUNNING = "running", _("Being undone")
        DONE = "done", _("Undone")

    WORKING: ClassVar[tuple[str, ...]] = (State.CHECKING, State.IMPORTING)
    UNDO_WORKING: ClassVar[tuple[str, ...]] = (Undo.CHECKING, Undo.RUNNING)

    register = models.ForeignKey(Register, on_delete=models.CASCADE, db_constraint=False, related_name="imports")
    state = models.CharField(_("state"), max_length=12, choices=State.choices, default=State.UPLOADED)
    original_name = models.CharField(_("file"), max_length=200)
    stored_name = models.CharField(max_length=100, blank=True)
    kind = models.CharField(max_length=10)
    sheet = models.CharField(_("sheet"), max_length=200, blank=True)
    encoding = models.CharField(max_length=20, blank=True, default="", db_default="")  # as Python calls it; of texts
    has_headers = models.BooleanField(default=True, db_default=True)
    change = models.JSONField(null=True, blank=True)
    mapping = models.JSONField(default=list, blank=True)
    recalled_from = models.ForeignKey(
        RememberedMapping, on_delete=models.SET_NULL, db_constraint=False, null=True, blank=True, related_name="+"
    )
    # Keys of MatchBy with commas between, in the order they are asked; "" makes every row a new contact.
    match_by = models.CharField(_("match by"), max_length=100, blank=True)
    rule = models.CharField(_("rule"), max_length=10, choices=Rule.choices, default=Rule.OVERWRITE)
    as_of = models.DateField(_("as of"), null=True, blank=True)  # the day the file is from
    mistakes = models.CharField(_("mistakes"), max_length=10, choices=Mistakes.choices, default=Mistakes.REJECT)
    source = models.CharField(_("source of the data"), max_length=120, blank=True)
    # Where everybody in the file goes; a new group is made when the import is confirmed.
    group = models.ForeignKey(
        Group, on_delete=models.SET_NULL, db_constraint=False, null=True, blank=True, related_name="+"
    )
    new_group = models.CharField(max_length=120, blank=True)
    found_options = models.JSONField(default=dict, blank=True)
    # What becomes of the consents in the file: key → verdict → number (registers.imports.consents).
    consents = models.JSONField(default=dict, db_default={}, blank=True)
    counts = models.JSONField(default=dict, blank=True)  # final once it is done; kept when its rows go
    notes = models.JSONField(default=list, blank=True)
    total = models.PositiveIntegerField(default=0)
    checked_to = models.PositiveIntegerField(default=0)  # number of the last row that has been checked
    imported_to = models.PositiveIntegerField(default=0)  # number of the last row that has been imported
    error = models.TextField(blank=True)
    undo = models.CharField(_("undo"), max_length=10, choices=Undo.choices, blank=True, default=Undo.NO)
    undo_to = models.BigIntegerField(default=0)  # id of the last contact that has been judged or taken back
    undo_counts = models.JSONField(default=dict, blank=True)
    undo_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    undone_at = models.DateTimeField(null=True, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    lease_token = models.UUIDField(null=True, blank=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(_("when"), auto_now_add=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    emptied_at = models.DateTimeField(null=True, blank=True)  # when file and rows were deleted

    within_reach: ClassVar[Within] = WholeRegister("register_id")

    class Meta:
        verbose_name = _("import")
        verbose_name_plural = _("imports")
        ordering = ["-created_at", "-id"]
        indexes = [
            models.Index(
                fields=["lease_until"],
                condition=models.Q(state__in=("checking", "importing")) | models.Q(undo__in=("checking", "running")),
                name="import_working",
            )
        ]
        constraints = [
            models.UniqueConstraint(fields=["id", "organisation"], name="import_in_organisation"),
            SameOrganisation(field="register", to="registers.Register", name="import_register_organisation"),
            SameOrganisation(field="group", to="registers.Group", name="import_group_organisation"),
            SameOrganisation(
                field="recalled_from", to="registers.RememberedMapping", name="import_recalled_organisation"
            ),
        ]

    def __str__(self) -> str:
        return self.original_name

    def count_rows(self) -> dict[str, int]:
        """How many rows have which status: counted until all is written, and kept from then on."""
        if self.emptied_at or self.is_change or self.counts:
            kept: dict[str, int] = self.counts
            return kept
        rows = ImportRow.objects.filter(batch=self).order_by()
        return dict(rows.values_list("status").annotate(count=models.Count("pk")))

    @property
    def is_notes(self) -> bool:
        """Whether its rows are notes on people, and people themselves stay as they are."""
        return any(entry["target"] == "note.text" for entry in self.mapping)

    @property
    def match_keys(self) -> list[str]:
        return self.match_by.split(",") if self.match_by else []

    @property
    def outcome(self) -> str:
        """How far it is, in one word."""
        return str(self.get_undo_display() if self.undo == self.Undo.DONE else self.get_state_display())

    @property
    def is_change(self) -> bool:
        """Whether it has no file, but is a change of many contacts at once."""
        return self.change is not None

    @property
    def is_working(self) -> bool:
        return self.state in self.WORKING or self.undo in self.UNDO_WORKING

    @property
    def may_be_undone(self) -> bool:
        """Whether it has written anything that is still known."""
        return bool(
            self.state in (self.State.DONE, self.State.CANCELLED)
            and self.undo in (self.Undo.NO, self.Undo.READY)
            and self.emptied_at is None
            and self.left_traces
        )

    @cached_property
    def left_traces(self) -> bool:
        """Whether what it has written is known; lists ask it of all their rows at once (`with_traces`)."""
        return any(rows.exists() for rows in _traces(self.pk))

    @property
    def path(self) -> Path:
        return Path(settings.PRIVATE_DIR) / "imports" / str(self.organisation_id) / self.stored_name


def _traces(batch: Any) -> list[models.QuerySet[Any]]:
    """What an import writes that it can take back."""
    return [
        ImportChange.objects.filter(batch=batch),
        GroupMembership.objects.filter(made_by=batch),
        Note.objects.filter(made_by=batch),
    ]


def with_traces(imports: models.QuerySet[Any]) -> models.QuerySet[Any]:
    """The imports, with `left_traces` known of each."""
    changes, members, notes = (models.Exists(rows) for rows in _traces(models.OuterRef("pk")))
    return imports.annotate(left_traces=changes | members | notes)


class ImportRow(OrganisationModel):
    """One row of a file: its cells as they stood there, what they were read as, and what becomes of them."""

    class Status(models.TextChoices):
        CREATED = "created", _("New")
        UPDATED = "updated", _("Updated")
        UNCHANGED = "unchanged", _("Unchanged")
        REPEATED = "repeated", _("Same person again")
        REJECTED = "rejected", _("Left out")

    organisation = organisation_key(implied=True)
    # Its index is the one of `import_row_once`.
    batch = models.ForeignKey(
        Import, on_delete=models.CASCADE, related_name="rows", db_index=False, db_constraint=False
    )
    number = models.PositiveIntegerField(_("row"))
    cells = models.JSONField()
    values = models.JSONField()
    match_key = models.TextField(blank=True)
    repeats = models.PositiveIntegerField(null=True)  # number of the first row about the same person
    status = models.CharField(max_length=10, choices=Status.choices)
    reasons = models.JSONField(default=list)
    # Which contact, in which version, has been found to have all that the row says already: `RowVersion`.
    same_as = models.TextField(blank=True, default="", db_default="")

    within_reach: ClassVar[Within] = OfImport("batch_id")

    class Meta:
        verbose_name = _("row of an import")
        verbose_name_plural = _("rows of imports")
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["batch", "number"], name="import_row_once"),
            SameOrganisation(field="batch", to="registers.Import", name="import_row_organisation"),
        ]
        indexes = [
            models.Index(fields=["batch", "status", "number"], name="import_row_by_status"),
            # Those that go in, of which something does not: few among many.
            models.Index(
                fields=["batch", "number"],
                name="import_row_remarked",
                condition=~models.Q(reasons=[]) & ~models.Q(status="rejected"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number}: {self.get_status_display()}"


class ImportChange(OrganisationModel):
    """What an import has made of one contact, so that it can be undone; kept as long as the rows, and the contact.

    `before` and `after` hold only the columns it has written, by column key ("city", "attributes.diet"), as they are
    stored. `before` is None for a contact that it has added. A key missing from `before` was missing from the contact.
    """

    organisation = organisation_key(implied=True)
    # The constraints below compare organisations too, so the plain foreign keys would only be asked twice.
    batch = models.ForeignKey(
        Import, on_delete=models.CASCADE, related_name="changes", db_index=False, db_constraint=False
    )
    contact = models.ForeignKey(Contact, on_delete=models.CASCADE, related_name="+", db_constraint=False)
    before = models.JSONField(null=True)
    after = models.JSONField(default=dict)
    kept = models.JSONField(null=True)  # why undo leaves all or some of it as it is

    within_reach: ClassVar[Within] = OfImport("batch_id")

    class Meta:
        verbose_name = _("change by an import")
        verbose_name_plural = _("changes by imports")
        ordering = ["contact"]
        constraints = [
            models.UniqueConstraint(fields=["batch", "contact"], name="import_change_once"),
            SameOrganisation(field="batch", to="registers.Import", name="import_change_batch_organisation"),
            SameOrganisation(field="contact", to="registers.Contact", name="import_change_contact_organisation"),
        ]
        indexes = [
            models.Index(fields=["batch", "contact"], condition=models.Q(kept__isnull=False), name="import_change_kept")
        ]

    def __str__(self) -> str:
        return f"{self.batch_id} · {self.contact_id}"


class ChosenContacts(OrganisationModel):
    """Some of the contacts that a change of many is about, by id: what was found when they were chosen, whatever the
    filter finds meanwhile. A piece is done in one transaction."""

    # Its index is the one of `chosen_contacts_once`.
    batch = models.ForeignKey(
        Import, on_delete=models.CASCADE, related_name="chosen", db_constraint=False, db_index=False
    )
    number = models.PositiveIntegerField()
    contacts = ArrayField(models.BigIntegerField())

    within_reach: ClassVar[Within] = OfImport("batch_id")

    class Meta:
        verbose_name = _("chosen contacts")
        verbose_name_plural = _("chosen contacts")
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["batch", "number"], name="chosen_contacts_once"),
            SameOrganisation(field="batch", to="registers.Import", name="chosen_contacts_organisation"),
        ]

    def __str__(self) -> str:
        return f"{self.batch_id}: {self.number}"
