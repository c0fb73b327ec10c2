from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from organisations.models import OrganisationModel, Role
from registers.constraints import SameOrganisation
from sms.models.numbers import ShortNumber
from sms.words import LONGEST, is_stop, keyword_key


class Keyword(OrganisationModel):
    """The first word of a text message, and what it does: who sends it joins a register, or leaves it."""

    class Act(models.TextChoices):
        JOIN = "join", gettext_lazy("Join")
        LEAVE = "leave", gettext_lazy("Leave")

    word = models.CharField(
        gettext_lazy("keyword"),
        max_length=LONGEST,
        help_text=gettext_lazy("One word, such as JOIN. Capitals and small letters are the same."),
    )
    number = models.ForeignKey(
        ShortNumber,
        on_delete=models.CASCADE,
        db_constraint=False,
        related_name="keywords",
        verbose_name=gettext_lazy("number"),
    )
    act = models.CharField(gettext_lazy("what it does"), max_length=10, choices=Act.choices, default=Act.JOIN)
    register = models.ForeignKey(
        "registers.Register",
        on_delete=models.PROTECT,
        db_constraint=False,
        related_name="+",
        verbose_name=gettext_lazy("register"),
        help_text=gettext_lazy("Whoever sends the keyword is found here by telephone number, or added."),
    )
    group = models.ForeignKey(
        "registers.Group",
        on_delete=models.CASCADE,
        db_constraint=False,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=gettext_lazy("group"),
        help_text=gettext_lazy("Which group of the register they join or leave. Its automations run as always."),
    )
    purpose = models.ForeignKey(
        "registers.Purpose",
        on_delete=models.RESTRICT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=gettext_lazy("consent to"),
        help_text=gettext_lazy("Joining gives consent to it, for text messages; leaving takes it back."),
    )
    promise = models.TextField(
        gettext_lazy("what people were told"),
        blank=True,
        help_text=gettext_lazy(
            "The words of the poster or page that gives the keyword. They are kept with each consent."
        ),
    )
    takes_name = models.BooleanField(
        gettext_lazy("the name follows the keyword"),
        default=False,
        help_text=gettext_lazy("As in “JOIN Aino Virtanen”. A name that is known already stays."),
    )
    reply = models.TextField(
        gettext_lazy("answer"),
        blank=True,
        help_text=gettext_lazy("The text message that they get for it. Empty: none."),
    )
    created_at = models.DateTimeField(gettext_lazy("added"), auto_now_add=True)

    permission_roles: ClassVar[dict[str, str]] = {"view": Role.EDITOR}

    class Meta:
        verbose_name = gettext_lazy("keyword")
        verbose_name_plural = gettext_lazy("keywords")
        ordering = ["number__number", "word", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["number", "word"],
                name="keyword_once",
                violation_error_message=gettext_lazy("This number has this keyword already."),
            ),
            models.UniqueConstraint(fields=["id", "organisation"], name="keyword_in_organisation"),
            models.CheckConstraint(condition=models.Q(act__in=["join", "leave"]), name="keyword_act_known"),
            models.CheckConstraint(
                condition=models.Q(purpose=None) | ~models.Q(promise="") | models.Q(act="leave"),
                name="keyword_promise_of_consent",
                violation_error_message=gettext_lazy("Say what people were told: consent is kept with the words."),
            ),
            models.CheckConstraint(
                condition=models.Q(act="join") | models.Q(group__isnull=False) | models.Q(purpose__isnull=False),
                name="keyword_leaves_something",
                violation_error_message=gettext_lazy("Say what people leave."),
            ),
            SameOrganisation(field="number", to="sms.ShortNumber", name="keyword_number_organisation"),
            SameOrganisation(field="register", to="registers.Register", name="keyword_register_organisation"),
            SameOrganisation(field="group", to="registers.Group", name="keyword_group_organisation"),
        ]

    def __str__(self) -> str:
        return self.word

    def clean(self) -> None:
        self.word = keyword_key(self.word)
        mistakes: dict[str, Any] = {}
        if not self.word:
            mistakes["word"] = _("Write a word.")
        elif len(self.word) > LONGEST:
            mistakes["word"] = _("At most %(most)d letters.") % {"most": LONGEST}
        elif " " in self.word:
            mistakes["word"] = _("Only one word: what stands after the first space is the message.")
        elif is_stop(self.word):
            mistakes["word"] = _(
                "“%(word)s” always works, at each number: whoever sends it gets no more text messages. Take another "
                "word."
            ) % {"word": self.word}
        if self.act == self.Act.LEAVE and self.group is None and self.purpose is None:
            mistakes["group"] = _("Say what people leave: a group, or what they gave consent to.")
        if self.purpose is not None and not self.promise and self.act == self.Act.JOIN:
            mistakes["promise"] = _("Say what people were told: consent is kept with the words.")
        if self.group is not None and self.group.register_id != self.register_id:
            mistakes["group"] = _("This group is of another register.")
        if mistakes:
            raise ValidationError(mistakes)

    @property
    def source(self) -> str:
        """What people and consents that come by it are from."""
        return f"SMS: {self.word} to {self.number}"
