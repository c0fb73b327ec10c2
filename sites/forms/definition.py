"""What a form asks, frozen: the questions of a page as plain data with a digest.

A `FormVersion` row stores `as_json`; equal questions give equal digests, whoever publishes them and whenever.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from sites.questions import TYPES_WITH_OPTIONS, split_options

GUEST_TYPES = frozenset(
    {"text", "long_text", "email", "phone", "number", "date", "radio", "dropdown", "checkboxes", "checkbox"}
)


def field_name(question_id: str) -> str:
    """What the form calls the answer to a question."""
    return f"q-{question_id}"


def by_field(answers: Mapping[str, Any]) -> dict[str, Any]:
    """{block id: answer}, as the form takes it for its initial data."""
    return {field_name(key): value for key, value in answers.items()}


@dataclass(frozen=True, slots=True)
class Question:
    """One question. `id` is the block id; `purpose` is a Purpose's id for consents, else None."""

    id: str
    type: str
    label: str
    help_text: str = ""
    required: bool = False
    each_guest: bool = False
    column: str = ""
    options: tuple[str, ...] = ()
    purpose: int | None = None

    @property
    def field_name(self) -> str:
        return field_name(self.id)


@dataclass(frozen=True, slots=True)
class Definition:
    """All a form asks: whether it wants a phone number, and its questions in order."""

    phone: str = "optional"
    questions: tuple[Question, ...] = field(default_factory=tuple)

    @property
    def guest_questions(self) -> tuple[Question, ...]:
        return tuple(q for q in self.questions if q.each_guest and q.type in GUEST_TYPES)

    @property
    def consents(self) -> tuple[Question, ...]:
        return tuple(q for q in self.questions if q.type == "consent")

    def as_json(self) -> dict[str, Any]:
        return {"phone": self.phone, "questions": [asdict(q) for q in self.questions]}

    def digest(self) -> str:
        """64 hexadecimal digits; the same for the same questions in the same order."""
        text = json.dumps(self.as_json(), sort_keys=True, ensure_ascii=False, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Definition":
        questions = (Question(**{**q, "options": tuple(q["options"])}) for q in data["questions"])
        return cls(phone=data["phone"], questions=tuple(questions))

    @classmethod
    def from_stream(cls, stream: Any, *, phone: str) -> "Definition":
        """Read the questions of a page (a StreamValue of `QuestionsBlock`).

        From its raw data: made into blocks, each drop-down would ask the database for its choices.
        """
        return cls(phone=phone, questions=tuple(_question(child) for child in stream.raw_data))


def _question(child: Mapping[str, Any]) -> Question:
    value, kind = child["value"], child["type"]
    return Question(
        id=str(child.get("id") or ""),
        type=kind,
        label=value["label"],
        help_text=value.get("help_text") or "",
        required=bool(value.get("required")),
        each_guest=bool(value.get("each_guest")),
        column=value.get("column") or "",
        options=tuple(split_options(value["options"])) if kind in TYPES_WITH_OPTIONS else (),
        purpose=int(value["purpose"]) if kind == "consent" and value.get("purpose") else None,
    )


def label_of(definitions: Sequence[Definition]) -> dict[str, Question]:
    """The newest wording of every question that any of the versions asked, oldest version first."""
    return {question.id: question for definition in definitions for question in definition.questions}
