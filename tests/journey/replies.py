"""Step 5, the guests: they reply by the personal link and on the public page, wait, and cancel."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from playwright.sync_api import FrameLocator, Locator, Page, expect

from tests.journey import admin, questions

YES, NO, QUEUE = "Yes, I am coming", "No, I cannot come", "Yes, put me on the waiting list"


@dataclass(frozen=True)
class Guest:
    first_name: str
    last_name: str
    email: str
    party: int = 1
    diets: tuple[str, ...] = ("Everything",)
    answers: Mapping[str, str] = field(default_factory=lambda: questions.REQUIRED_ALONE)

    @property
    def name(self) -> str:
        return f"{self.first_name} {self.last_name}"


def follow(desk: Page, mail: FrameLocator, link: str) -> Page:
    """Click a link of an opened mail: it opens in a new tab."""
    with desk.context.expect_page() as opened:
        mail.get_by_role("link", name=link, exact=True).first.click()
    page = opened.value
    page.wait_for_load_state()
    return page


def check_that_one_is_known(page: Page, guest: Guest) -> None:
    """The personal link greets by name and has filled in what the register knows."""
    expect(page.get_by_text(f"Dear {guest.first_name}, are you coming?")).to_be_visible()
    expect(page.get_by_label("First name")).to_have_value(guest.first_name)
    expect(page.get_by_label("Last name")).to_have_value(guest.last_name)
    expect(page.get_by_text(f"We write to {guest.email}.")).to_be_visible()
    expect(page.get_by_label("E-mail")).to_have_count(0)


def reply_in_public(page: Page, address: str, guest: Guest) -> str:
    """As somebody who has no link; returns the heading of the notice."""
    page.goto(address)
    page.get_by_label("First name").fill(guest.first_name)
    page.get_by_label("Last name").fill(guest.last_name)
    page.get_by_label("E-mail").fill(guest.email)
    return answer(page, guest)


def answer(page: Page, guest: Guest, *, companions: tuple[str, ...] = ()) -> str:
    """Say yes for the whole party, with everybody's diet; returns the heading of the notice."""
    form = page.get_by_role("form", name="Your reply")
    if guest.party > 1:
        form.get_by_label("How many of you are coming?").select_option(str(guest.party))
    for diet in guest.diets[:1]:
        form.get_by_role("group", name=questions.DIET).first.get_by_label(diet, exact=True).check()
    for number in range(1, guest.party):
        fill_companion(form.locator(".guest").nth(number - 1), guest, number, companions)
    questions.answer(form, guest.answers)
    return send(page, form.get_by_role("button", name=QUEUE).or_(form.get_by_role("button", name=YES)).last)


def decline(page: Page) -> str:
    """Who says no is asked nothing."""
    return send(page, page.get_by_role("form", name="Your reply").get_by_role("button", name=NO))


def change_party(page: Page, guest: Guest, party: int) -> str:
    """On the page of one's own reply, and back to it; returns the heading of the notice between the two."""
    admin.follow(page, page.get_by_role("link", name="Change my reply"))
    form = page.get_by_role("form", name="Your reply")
    form.get_by_label("How many of you are coming?").select_option(str(party))
    expect(form.locator(".guest")).to_have_count(party - 1)
    for number in range(1, party):
        fill_companion(form.locator(".guest").nth(number - 1), guest, number, ())
    heading = send(page, form.get_by_role("button", name="Save my reply"))
    admin.follow(page, page.get_by_role("link", name="See or change your reply"))
    mine = page.get_by_role("region", name=f"The reply of {guest.name}")
    expect(mine.get_by_role("definition").filter(has_text=re.compile(f"^{party}$"))).to_be_visible()
    return heading


def fill_companion(box: Locator, guest: Guest, number: int, names: tuple[str, ...]) -> None:
    first_name = names[number - 1] if names else f"Friend {number}"
    box.get_by_label("First name").fill(first_name)
    box.get_by_label("Last name").fill(guest.last_name)
    box.get_by_label(guest.diets[number % len(guest.diets)], exact=True).check()


def send(page: Page, button: Locator) -> str:
    """A form that is in order is answered by a redirect to a page that is safe to load again."""
    posted = admin.follow(page, button).request.redirected_from
    assert posted is not None, page.locator("main").inner_text()
    answer = posted.response()
    assert answer is not None
    assert (posted.method, answer.status) == ("POST", 303)
    return page.get_by_role("heading", level=1).inner_text()


def cancel(page: Page) -> str:
    """From the personal link of somebody who is coming."""
    page.get_by_text("I cannot come after all").click()
    return send(page, page.get_by_role("button", name="Cancel my"))
