"""Steps 3 and 5, what the event asks: each kind of question, written by the editor and answered by a guest."""

from collections.abc import Mapping
from dataclasses import dataclass

from playwright.sync_api import Locator, Page, expect

from tests.journey.admin import add_block, choice, field


@dataclass(frozen=True)
class Question:
    kind: str  # as the editor chooses it
    words: str
    options: tuple[str, ...] = ()
    required: bool = False
    of_each_guest: bool = False


RADIO, BOXES, DROP_DOWN = "One of several (buttons)", "Several of many (boxes)", "One of many (drop-down)"
ONE_BOX, CONSENT = "Yes or no (one box)", "Consent"
PURPOSE = "News of the choir"
DIET, MESSAGE, SEAT = "Diet", "A wish for the choir", "Where do you want to sit?"
AGREED = "You may write to me about other evenings."
QUESTIONS = (
    Question(RADIO, DIET, ("Everything", "Vegetarian", "Vegan"), required=True, of_each_guest=True),
    Question("Short text", MESSAGE),
    Question("E-mail address", "Where we send the notes"),
    Question("Phone number", "Number of your driver"),
    Question("Number", "Songs you know by heart"),
    Question("Date", "First concert with us"),
    Question(BOXES, "Voices you sing", ("Soprano", "Alto", "Tenor", "Bass")),
    Question(ONE_BOX, "I help with the chairs"),
    Question(DROP_DOWN, SEAT, ("At the front", "In the middle", "At the back"), required=True),
    Question(CONSENT, AGREED),
)
REQUIRED_ALONE = {SEAT: "In the middle"}
ALL_OF_THEM = {
    MESSAGE: "Sing Finlandia",
    "Where we send the notes": "notes@guest.example",
    "Number of your driver": "+358401234567",
    "Songs you know by heart": "12",
    "First concert with us": "1998-12-13",
    "Voices you sing": "Alto, Tenor",
    "I help with the chairs": "yes",
    SEAT: "At the front",
    AGREED: "yes",
}


def write(desk: Page) -> None:
    """All of them, at the end of the event's form."""
    for question in QUESTIONS:
        add_block(desk, question.kind)
        if question.kind == CONSENT:
            field(desk, "Consent*").fill(question.words)
            choice(desk, "Purpose*").select_option(PURPOSE)
            continue
        field(desk, "Question*").last.fill(question.words)
        if question.options:
            field(desk, "Options*").last.fill("\n".join(question.options))
        if question.required:
            tick(desk, "Must be answered")
        if question.of_each_guest:
            tick(desk, "Ask each guest too")


def tick(desk: Page, name: str) -> None:
    """In the last question, by keyboard: a field of several lines above fits itself to its text, and moves what the
    mouse is about to hit."""
    box = desk.get_by_role("checkbox", name=name).last
    expect(box).not_to_be_checked()
    box.press("Space")
    expect(box).to_be_checked()


def answer(form: Locator, answers: Mapping[str, str]) -> None:
    """{question: answer} into a guest's form."""
    kinds = {question.words: question.kind for question in QUESTIONS}
    for words, given in answers.items():
        if kinds[words] == BOXES:
            boxes = form.get_by_role("group", name=words)
            for each in given.split(", "):
                boxes.get_by_label(each, exact=True).check()
        elif kinds[words] == DROP_DOWN:
            form.get_by_label(words).select_option(given)
        elif kinds[words] in (ONE_BOX, CONSENT):
            form.get_by_label(words).check()
        else:
            form.get_by_label(words).fill(given)
