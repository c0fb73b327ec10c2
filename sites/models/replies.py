from typing import Any, ClassVar

from django.db import models
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from organisations.models import OrganisationModel
from organisations.reach import Within
from registers.reach import OfContact
from sites.forms.definition import Definition


class Source(models.TextChoices):
    """Which door a reply came through."""

    LINK = "link", _("Personal link")
    PUBLIC = "public", _("Public page")
    HAND = "hand", _("Added by hand")


class FormVersion(OrganisationModel):
    """What a page's form asked at one time; equal forms of one page share the row."""

    page = models.ForeignKey("wagtailcore.Page", on_delete=models.CASCADE, db_index=False, related_name="+")
    digest = models.CharField(max_length=64)
    definition_json = models.JSONField()
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("form version")
        verbose_name_plural = _("form versions")
        constraints = [models.UniqueConstraint(fields=["page", "digest"], name="form_version_once")]

    def __str__(self) -> str:
        return f"{self.page_id}: {self.digest[:12]}"

    @cached_property
    def definition(self) -> Definition:
        return Definition.from_json(self.definition_json)


class Submission(OrganisationModel):
    """A filled form as it was sent; a changed reply is a new submission.

    `answers` is {block id: answer}; `guests` is [{"first_name": …, "last_name": …, "answers": {block id: answer}}].
    An answer is text, a number, true or false, an ISO date, or a list of texts.
    """

    page = models.ForeignKey("wagtailcore.Page", on_delete=models.CASCADE, db_index=False, related_name="+")
    contact = models.ForeignKey(
        "registers.Contact", on_delete=models.SET_NULL, db_index=False, null=True, blank=True, related_name="+"
    )
    version = models.ForeignKey(FormVersion, on_delete=models.RESTRICT, related_name="submissions")
    answers = models.JSONField(default=dict)
    guests = models.JSONField(default=list)
    source = models.CharField(_("came through"), max_length=10, choices=Source.choices)
    form_token = models.UUIDField(null=True, blank=True)
    # As it was typed by somebody whose address belongs to a contact of another name; else empty.
    typed_name = models.CharField(max_length=170, blank=True, default="", db_default="")
    created_at = models.DateTimeField(auto_now_add=True)

    within_reach: ClassVar[Within] = OfContact("contact_id")

    class Meta:
        verbose_name = _("submission")
        verbose_name_plural = _("submissions")
        constraints = [models.UniqueConstraint(fields=["page", "form_token"], name="submission_once_per_form")]
        indexes = [models.Index(fields=["contact"], name="submission_contact")]

    def __str__(self) -> str:
        return f"{self.get_source_display()} {self.created_at:%Y-%m-%d %H:%M}"

    def same_as(self, answers: dict[str, Any], guests: list[dict[str, Any]]) -> bool:
        return bool(self.answers == answers and self.guests == guests)

    def carried_into(
        self, answers: dict[str, Any], guests: list[dict[str, Any]], *, asked: Definition
    ) -> tuple[dict[str, Any], list[dict[str, Any]]]:
        """A later form's answers and guests, with what this one says to questions that are no longer asked.

        Guests are known by their names.
        """
        own = {question.id for question in asked.questions}
        of_guests = {question.id for question in asked.guest_questions}
        before = {(guest["first_name"], guest["last_name"]): guest["answers"] for guest in self.guests}
        whole = []
        for guest in guests:
            earlier = before.get((guest["first_name"], guest["last_name"]), {})
            whole.append({**guest, "answers": _unasked(earlier, of_guests) | guest["answers"]})
        return _unasked(self.answers, own) | answers, whole


def _unasked(answers: dict[str, Any], asked: set[str]) -> dict[str, Any]:
    return {key: answer for key, answer in answers.items() if key not in asked}
