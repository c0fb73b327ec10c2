"""Step 3: the event with its form, seats, waiting list and mails."""

import re
from datetime import UTC, datetime, timedelta

from playwright.sync_api import Page, expect

from tests.journey import questions
from tests.journey.admin import (
    act_on_page,
    choice,
    field,
    follow,
    open_menu,
    open_preview,
    preview,
    save_page,
    tab,
    wait_until_saved,
    write_rich_text,
)

TO_CONFIRMED, TO_UNANSWERED = "Reminder to the confirmed", "Reminder to the unanswered"
NOTICES = ("Thank you", "Waiting list", "Full", "Closed")
PREVIEWS = {
    "Open": "Reply by",
    "Open, with a personal link": "Dear Anna, are you coming?",
    "Waiting list": "Yes, put me on the waiting list",
    "Full": "there are no seats left",
    "Not open yet": "Replies are not open yet",
    "Closed": "The time for replies is over",
    "Cancelled": "This event is cancelled",
    "Thank you": "Thank you, your seat is booked",
}


def begin_event(desk: Page, title: str, *, register: str, starts_at: datetime) -> None:
    """What no event can do without."""
    open_menu(desk, "Events")
    follow(desk, desk.get_by_role("link", name="Add an event"))
    field(desk, "Title*").fill(title)
    tab(desk, "Time and place")
    write_moment(desk, "Starts*", starts_at)
    tab(desk, "Replies")
    choice(desk, "Register*").select_option(register)


def write_event(
    desk: Page,
    title: str,
    *,
    register: str,
    starts_at: datetime,
    seats: int,
    largest_party: int,
    place: str,
    tell: str,
) -> None:
    """`tell` is the member of the team who wants to know of each reply."""
    begin_event(desk, title, register=register, starts_at=starts_at)
    write_moment(desk, "Replies close", starts_at - timedelta(days=1))
    desk.get_by_role("region", name="Tell of each reply").get_by_role("checkbox", name=tell).check()
    desk.get_by_role("spinbutton", name="Seats").fill(str(seats))
    desk.get_by_role("spinbutton", name="Largest party*").fill(str(largest_party))
    expect(desk.get_by_role("checkbox", name="Waiting list")).to_be_checked()
    desk.get_by_role("checkbox", name="Show how many seats are left").check()

    tab(desk, "Content")
    write_rich_text(desk, desk.locator("[data-contentpath=intro] [role=textbox]"), "Songs of the dark months.")
    tab(desk, "Time and place")
    field(desk, "Place").fill(place)
    field(desk, "Address").fill("Kirkkopuistokatu 9, Kemi")
    tab(desk, "Form")
    questions.write(desk)
    tab(desk, "Mails")
    set_reminder(desk, TO_CONFIRMED, days=1)


def schedule_event(
    desk: Page, title: str, *, register: str, starts_at: datetime, web_address: str, goes_live: datetime
) -> None:
    """A plain event, public from a minute on that is yet to come."""
    begin_event(desk, title, register=register, starts_at=starts_at)
    tab(desk, "Content")
    field(desk, "Slug*").fill(web_address)
    wait_until_saved(desk)
    desk.get_by_role("button", name="Toggle status").click()
    desk.get_by_role("button", name="Set schedule").click()
    write_moment(desk, "Go live date/time", goes_live)
    follow(desk, desk.get_by_role("button", name="Save schedule"))
    act_on_page(desk, "Schedule to publish")
    expect(desk.get_by_text(f"Page '{title}' has been scheduled for publishing.")).to_be_visible()


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
    """The preview of what a guest meets, from before replies are taken until after the event is called off."""
    open_preview(desk)
    expect(preview(desk).get_by_role("heading", name=title)).to_be_visible()
    for mode, words in PREVIEWS.items():
        expect(preview(desk, mode).get_by_text(words).first).to_be_visible()
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
    calendar = desk.locator(".xdsoft_datetimepicker:visible")
    expect(calendar).to_have_count(1)  # it opens a moment later, above what is clicked next
    box.blur()
    expect(calendar).to_have_count(0)
    expect(box).to_have_value(words)
