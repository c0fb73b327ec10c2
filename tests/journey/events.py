"""Step 3: the event with its form, seats, waiting list and mails."""

import re
from datetime import UTC, datetime, timedelta

from playwright.sync_api import Page, expect

from tests.journey.admin import (
    add_block,
    choice,
    field,
    follow,
    open_menu,
    open_preview,
    preview,
    save_page,
    tab,
    write_rich_text,
)

DIETS = ("Everything", "Vegetarian", "Vegan")
DIET, MESSAGE = "Diet", "A wish for the choir"
TO_CONFIRMED, TO_UNANSWERED = "Reminder to the confirmed", "Reminder to the unanswered"
NOTICES = ("Thank you", "Waiting list", "Full", "Closed")


def write_event(
    desk: Page, title: str, *, register: str, starts_at: datetime, seats: int, largest_party: int, place: str
) -> None:
    open_menu(desk, "Events")
    follow(desk, desk.get_by_role("link", name="Add an event"))
    field(desk, "Title*").fill(title)
    write_rich_text(desk, desk.locator("[data-contentpath=intro] [role=textbox]"), "Songs of the dark months.")

    tab(desk, "Time and place")
    write_moment(desk, "Starts*", starts_at)
    field(desk, "Place").fill(place)
    field(desk, "Address").fill("Kirkkopuistokatu 9, Kemi")

    tab(desk, "Replies")
    choice(desk, "Register*").select_option(register)
    desk.get_by_role("spinbutton", name="Seats").fill(str(seats))
    desk.get_by_role("spinbutton", name="Largest party*").fill(str(largest_party))
    expect(desk.get_by_role("checkbox", name="Waiting list")).to_be_checked()
    desk.get_by_role("checkbox", name="Show how many seats are left").check()

    tab(desk, "Form")
    write_questions(desk)

    tab(desk, "Mails")
    set_reminder(desk, TO_CONFIRMED, days=1)


def write_questions(desk: Page) -> None:
    """A diet for each guest, and a wish that may be left out."""
    add_block(desk, "One of several (buttons)")
    field(desk, "Question*").fill(DIET)
    field(desk, "Options*").fill("\n".join(DIETS))
    tick(desk, "Must be answered")
    tick(desk, "Ask each guest too")
    add_block(desk, "Short text")
    field(desk, "Question*").last.fill(MESSAGE)


def tick(desk: Page, name: str) -> None:
    """By keyboard: a field of several lines above fits itself to its text, and moves what the mouse is about to hit."""
    box = desk.get_by_role("checkbox", name=name)
    expect(box).not_to_be_checked()
    box.press("Space")
    expect(box).to_be_checked()


def set_reminder(desk: Page, which: str, *, days: int) -> None:
    reminder = desk.get_by_role("region", name=which)
    expect(reminder.get_by_role("checkbox", name="Send it")).to_be_checked()
    reminder.get_by_role("spinbutton", name="How long before").fill(str(days))
    reminder.get_by_role("combobox", name="Unit").select_option("days before")


def make_reminders_due(desk: Page, title: str, *, at: datetime) -> None:
    """The event is moved a little, so that both reminders are due at this minute."""
    days = 20
    open_editor(desk, title)
    tab(desk, "Time and place")
    write_moment(desk, "Starts*", (at.astimezone(UTC) + timedelta(days=days)).astimezone(at.tzinfo))
    tab(desk, "Mails")
    set_reminder(desk, TO_CONFIRMED, days=days)
    set_reminder(desk, TO_UNANSWERED, days=days)
    save_page(desk, "Publish")
    expect(desk.get_by_text(f"Page '{title}' has been published.")).to_be_visible()


def look_at_the_states(desk: Page, title: str) -> None:
    """The preview of what a guest meets, before and after the event is full."""
    open_preview(desk)
    for mode, words in (
        ("Open", title),
        ("Full", "All seats are taken"),
        ("Thank you", "Thank you, your seat is booked"),
    ):
        expect(preview(desk, mode).get_by_role("heading").filter(has_text=words).first).to_be_visible()
    desk.get_by_role("button", name="Toggle preview").click()


def publish(desk: Page, title: str) -> int:
    """Returns the event's id."""
    save_page(desk, "Publish")
    expect(desk.get_by_text(re.compile(f"Page '{title}' (created and|has been) published."))).to_be_visible()
    open_desk(desk, title)
    return int(desk.url.rstrip("/").rpartition("/")[2])


def check_notices(desk: Page, title: str) -> None:
    """They were made with the event, each with words of its own."""
    open_editor(desk, title)
    tab(desk, "Notices")
    for notice in NOTICES:
        expect(desk.get_by_role("tabpanel", name="Notices").get_by_role("link", name=notice).first).to_be_visible()


def open_desk(desk: Page, title: str) -> None:
    """The organiser's screen of the event."""
    open_menu(desk, "Events")
    follow(desk, desk.locator("main").get_by_role("link", name=title, exact=True))
    expect(desk.get_by_role("heading", name=title, exact=True)).to_be_visible()


def open_editor(desk: Page, title: str) -> None:
    open_desk(desk, title)
    follow(desk, desk.get_by_role("link", name="Edit").first)
    expect(desk.get_by_role("tab", name="Notices")).to_be_visible()


def write_moment(desk: Page, label: str, moment: datetime) -> None:
    box = field(desk, label)
    words = f"{moment:%d.%m.%Y %H:%M}"
    box.fill(words)
    box.press("Tab")
    expect(box).to_have_value(words)
