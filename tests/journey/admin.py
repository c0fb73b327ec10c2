"""Ways about in the admin, as a person takes them."""

import re
from pathlib import Path

from playwright.sync_api import FrameLocator, Locator, Page, expect


def sign_in(desk: Page, base_url: str, login: str) -> None:
    """With what `make run` prints, which is kept in login.txt."""
    words = dict(line.rsplit(maxsplit=1) for line in login.splitlines()[:2])
    desk.goto(f"{base_url}/admin/")
    desk.get_by_role("textbox", name=re.compile("^E-?mail", re.IGNORECASE)).fill(words["Sign in as"])
    desk.get_by_label("Password").fill(words["Password"])
    desk.get_by_role("button", name="Sign in").click()
    expect(menu(desk)).to_be_visible()


def menu(desk: Page) -> Locator:
    return desk.get_by_role("navigation", name="Main menu")


def open_menu(desk: Page, *words: str) -> None:
    """Open the menu's items one after the other: `open_menu(desk, "People", "Registers")`."""
    *above, last = words
    for word in above:
        menu(desk).get_by_role("button", name=word).click()
    menu(desk).get_by_role("link", name=last, exact=True).click()


def download(desk: Page, button: Locator, folder: Path) -> Path:
    with desk.expect_download() as expected:
        button.click()
    path = folder / expected.value.suggested_filename
    expected.value.save_as(path)
    return path


def header_action(desk: Page, name: str) -> None:
    """One of the acts behind the header's “…”."""
    desk.get_by_role("navigation", name="Actions").get_by_role("button", name="Actions").click()
    desk.get_by_role("tooltip").get_by_role("link", name=name).click()


def field(desk: Page, label: str) -> Locator:
    """A line or box of text by its label; panels and their links bear the label too."""
    return desk.get_by_role("textbox", name=label, exact=True)


def choice(desk: Page, label: str) -> Locator:
    return desk.get_by_role("combobox", name=label, exact=True)


def tab(desk: Page, name: str) -> None:
    desk.get_by_role("tab", name=name, exact=True).click()


def preview(desk: Page) -> FrameLocator:
    """The newest one: Wagtail loads the next behind the present one."""
    return desk.frame_locator("[data-side-panel=preview] iframe >> nth=-1")


def add_block(desk: Page, kind: str) -> None:
    """At the end of the open stream of blocks."""
    before = desk.locator("[data-streamfield-child]:visible").count()
    desk.locator("button[title='Insert a block']:visible").last.click()
    desk.get_by_role("option", name=kind, exact=True).click()
    expect(desk.locator("[data-streamfield-child]:visible")).to_have_count(before + 1)


def write_rich_text(desk: Page, box: Locator, *paragraphs: str) -> None:
    """In place of what stands there."""
    box.click()
    desk.keyboard.press("Control+a")
    for at, paragraph in enumerate(paragraphs):
        if at:
            desk.keyboard.press("Enter")
        desk.keyboard.insert_text(paragraph)


def save_page(desk: Page, act: str) -> None:
    """One of the acts at the foot of a page's editor."""
    foot = desk.get_by_role("navigation", name="Actions (footer)")
    foot.get_by_role("button", name="More actions").click()
    foot.get_by_role("button", name=act).click()
