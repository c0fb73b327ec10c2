"""Ways about in the admin, as a person takes them.

A click that leads to another page waits for that page (`follow`): what is looked for next may stand on the one before.
"""

import re
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

from playwright.sync_api import FrameLocator, Locator, Page, Response, expect

MOMENT = 100  # milliseconds between two looks; Playwright's own is the next frame, which is drawn for that alone
# Wagtail saves a page by itself, but takes what stands there two seconds after it was opened for its beginning. Asked
# of its own controllers, because what it shows of this fades.
ALL_SAVED = """() => {
    const { app } = window.wagtail;
    const edits = app.queryController("w-unsaved");
    const saves = app.getControllerForElementAndIdentifier(edits.element, "w-autosave");
    return edits.initialFormData === edits.formData && !saves.submitPromise;
}"""
# The preview forgets another mode that is chosen while it loads.
PREVIEW_RESTS = """() => {
    const preview = window.wagtail.app.queryController("w-preview");
    return preview.ready && !preview.updatePromise && !preview.staleValue;
}"""


def sign_in(desk: Page, base_url: str, login: str) -> None:
    """With what `make run` prints, which is kept in login.txt."""
    words = dict(line.rsplit(maxsplit=1) for line in login.splitlines()[:2])
    desk.goto(f"{base_url}/admin/")
    desk.get_by_role("textbox", name=re.compile("^E-?mail", re.IGNORECASE)).fill(words["Sign in as"])
    desk.get_by_label("Password").fill(words["Password"])
    follow(desk, desk.get_by_role("button", name="Sign in"))
    expect(menu(desk)).to_be_visible()


def menu(desk: Page) -> Locator:
    return desk.get_by_role("navigation", name="Main menu")


def open_menu(desk: Page, *words: str) -> None:
    """Open the menu's items one after the other: `open_menu(desk, "People", "Registers")`."""
    *above, last = words
    for word in above:
        opener = menu(desk).get_by_role("button", name=word)
        if opener.get_attribute("aria-expanded") != "true":
            opener.click()
    follow(desk, menu(desk).get_by_role("link", name=last, exact=True))


def follow(desk: Page, act: Locator) -> Response:
    """Click what leads to another page, and wait until that has been loaded; returns its answer."""

    def is_page(answer: Response) -> bool:
        redirects = 300 <= answer.status < 400
        return answer.request.is_navigation_request() and answer.frame == desk.main_frame and not redirects

    with desk.expect_event("load"), desk.expect_response(is_page) as answer:
        act.click()
    assert answer.value.status == 200, (answer.value.status, answer.value.url)
    return answer.value


def search(desk: Page, words: str) -> None:
    """In a list of Wagtail's, which puts the words into its address when it shows what was found."""
    desk.get_by_role("textbox", name="Search term").fill(words)
    desk.wait_for_url(lambda address: dict(parse_qsl(urlsplit(address).query)).get("q") == words)


def download(desk: Page, button: Locator, folder: Path) -> Path:
    with desk.expect_download() as expected:
        button.click()
    path = folder / expected.value.suggested_filename
    expected.value.save_as(path)
    return path


def header_action(desk: Page, name: str) -> None:
    """One of the acts behind the header's “…”."""
    desk.get_by_role("navigation", name="Actions").get_by_role("button", name="Actions").click()
    follow(desk, desk.get_by_role("tooltip").get_by_role("link", name=name))


def people(count: int) -> str:
    """As buttons say it."""
    return "1 person" if count == 1 else f"{count} people"


def field(desk: Page, label: str) -> Locator:
    """A line or box of text by its label; panels and their links bear the label too."""
    return desk.get_by_role("textbox", name=label, exact=True)


def choice(desk: Page, label: str) -> Locator:
    return desk.get_by_role("combobox", name=label, exact=True)


def tab(desk: Page, name: str) -> None:
    desk.get_by_role("tab", name=name, exact=True).click()


def wait_until_saved(desk: Page) -> None:
    """Until Wagtail has saved by itself what was typed, and has noticed the beginning of what is typed next."""
    desk.wait_for_function(ALL_SAVED, polling=MOMENT)


def open_preview(desk: Page) -> None:
    """With its first save Wagtail puts another preview into the panel, in its first mode: only then it is opened."""
    wait_until_saved(desk)
    desk.get_by_role("button", name="Toggle preview").click()


def preview(desk: Page, mode: str = "") -> FrameLocator:
    """Of all that has been typed; in another mode, when one is named."""
    if mode:
        desk.wait_for_function(PREVIEW_RESTS, polling=MOMENT)
        choice(desk, "Preview mode").select_option(mode)
    # Wagtail loads the next behind the present one.
    return desk.frame_locator("[data-side-panel=preview] iframe >> nth=-1")


def add_block(desk: Page, kind: str, *, within: Locator | None = None) -> None:
    """At the end of the open stream of blocks, or of the one within another."""
    before = desk.locator("[data-streamfield-child]:visible").count()
    (within or desk).locator("button[title='Insert a block']:visible").last.click()
    kinds = desk.locator("[data-tippy-root] [data-state=visible]")  # not the ones from which the last was chosen
    kinds.get_by_role("option", name=kind, exact=True).click()
    expect(desk.locator("[data-streamfield-child]:visible")).to_have_count(before + 1)


def write_rich_text(desk: Page, box: Locator, *paragraphs: str) -> None:
    """In place of what stands there."""
    box.click()
    expect(box).to_be_focused()
    desk.keyboard.press("Control+a")
    for at, paragraph in enumerate(paragraphs):
        if at:
            desk.keyboard.press("Enter")
        desk.keyboard.insert_text(paragraph)
        expect(box).to_contain_text(paragraph)


def save_page(desk: Page, act: str) -> None:
    """One of the acts at the foot of a page's editor."""
    wait_until_saved(desk)  # or what saves by itself would meet what is saved now
    act_on_page(desk, act)


def act_on_page(desk: Page, act: str) -> None:
    """The same, where nothing has been typed since the editor was opened."""
    foot = desk.get_by_role("navigation", name="Actions (footer)")
    foot.get_by_role("button", name="More actions").click()
    follow(desk, foot.get_by_role("button", name=act))
