"""Step 4: who gets the invitation, a test to oneself, and the send."""

import re

from playwright.sync_api import Page, expect

from tests.journey.admin import field, follow, open_menu, people
from tests.journey.clocks import next_minute
from tests.journey.events import open_desk
from tests.kokoon import eventually

SECONDS_TO_SAVE = 10


def create_campaign(
    desk: Page, name: str, *, email: str, event: str, to: str, but_not: str = "", later: bool = False
) -> str:
    """Returns what the confirmation screen says of who gets it. `later` is the next minute that can be reached."""
    open_menu(desk, "Campaigns")
    follow(desk, desk.get_by_role("navigation", name="Actions").get_by_role("link").first)
    field(desk, "Name*").fill(name)
    choose_page(desk, "Choose an e-mail", email)
    choose_page(desk, "Choose an event or a sign-up page", event)
    desk.get_by_role("group", name="Who gets it").get_by_role("checkbox", name=to).check()
    if but_not:
        desk.get_by_role("group", name="Who is left out").get_by_role("checkbox", name=but_not).check()
    if later:
        at = next_minute(leave=SECONDS_TO_SAVE)
        desk.get_by_role("radio", name="At a time that I choose").check()
        field(desk, "Day").fill(f"{at:%d.%m.%Y}")
        field(desk, "Time").fill(f"{at:%H:%M}")
    return look_at_the_numbers(desk)


def write_to_guests(desk: Page, event: str, who: str, *, email: str) -> str:
    """From the event's own screen, to those who are "Waiting (1)" say; returns what the confirmation screen says."""
    open_desk(desk, event)
    follow(desk, desk.get_by_role("link", name=who, exact=True))
    choose_page(desk, "Choose an e-mail", email)
    return look_at_the_numbers(desk)


def look_at_the_numbers(desk: Page) -> str:
    follow(desk, desk.get_by_role("button", name="Save and look at the numbers"))
    verdict = desk.locator(".campaign-verdict").get_by_role("heading")
    expect(verdict).to_be_visible()
    return verdict.inner_text()


def choose_page(desk: Page, button: str, *titles: str) -> None:
    """Through the tree: all but the last title are opened, the last is chosen."""
    desk.get_by_role("button", name=button, exact=True).click()
    chooser = desk.get_by_role("dialog").filter(has=desk.get_by_role("heading", name=re.compile("^Choose")))
    *above, last = titles
    for title in above:
        chooser.get_by_role("row").filter(has_text=title).get_by_role("link", name="Explore").click()
    chooser.get_by_role("link", name=last, exact=True).click()
    expect(desk.locator("main").get_by_text(last, exact=True).first).to_be_visible()


def send_later(desk: Page, count: int) -> None:
    """Confirms that it goes at its time."""
    follow(desk, desk.get_by_role("button", name=f"Send to {people(count)} at that time", exact=True))
    expect(desk.get_by_role("button", name="Do not send it")).to_be_visible()


def send_test(desk: Page, address: str) -> None:
    follow(desk, desk.get_by_role("button", name="Send a test"))
    expect(desk.get_by_text(re.compile(f"^Test to {re.escape(address)} at "))).to_be_visible()


def send_now(desk: Page, count: int) -> None:
    """Confirms, and watches it become sent without loading the page again."""
    follow(desk, desk.get_by_role("button", name=f"Send to {people(count)}", exact=True))
    expect(desk.locator("[data-figure=accepted]")).to_have_text(str(count))
    expect(desk.locator(".campaign-sentence")).to_contain_text("Sent")


def wait_until_sent(desk: Page, name: str, count: int, *, seconds: float) -> None:
    """Before its time, its page shows nothing but what will be: load it again until it shows what has been."""

    def sent() -> bool:
        open_campaign(desk, name)
        accepted = desk.locator("[data-figure=accepted]")
        return accepted.count() == 1 and accepted.inner_text() == str(count)

    eventually(sent, seconds)
    expect(desk.locator(".campaign-sentence")).to_contain_text("Sent")


def open_campaign(desk: Page, name: str) -> None:
    open_menu(desk, "Campaigns")
    follow(desk, desk.locator("main").get_by_role("link", name=name, exact=True))


def open_report(desk: Page, name: str) -> dict[str, int]:
    """What the campaign's report counts."""
    open_campaign(desk, name)
    figures = desk.locator("[data-figure]")
    return {figure.get_attribute("data-figure") or "": int(figure.inner_text()) for figure in figures.all()}


def who(desk: Page, figure: str) -> list[str]:
    """The addresses behind a figure of the report that is open."""
    follow(desk, desk.get_by_role("link").filter(has=desk.locator(f"[data-figure={figure}]")))
    people = desk.get_by_role("table").locator("tbody tr").all_inner_texts()
    return [word for text in people for word in text.split() if "@" in word]


def open_export(desk: Page, name: str) -> None:
    """Of all whom the mail server has accepted."""
    open_report(desk, name)
    follow(desk, desk.get_by_role("link", name=re.compile("Accepted$")))
    follow(desk, desk.get_by_role("link", name="Export this list"))
