"""Step 2: the invitation is written, looked at and saved as ready."""

import re

from playwright.sync_api import FloatRect, FrameLocator, Locator, Page, expect

from tests.journey import pictures
from tests.journey.admin import (
    add_block,
    choice,
    field,
    follow,
    open_menu,
    open_preview,
    preview,
    save_page,
    wait_until_saved,
    write_rich_text,
)

HEADING = "Sing the winter in with us"
INVITATION = "The choir sings, and then we eat together. Tell us soon whether you come: the hall is small."
BUTTON = "The programme"
SENDER = "Eeva of Kaamos Choir"
BESIDE_EACH_OTHER = ("Doors open at six.", "Children sing for free.")
PHONE = 375  # pixels
PICTURE, ON_THE_PICTURE = "The choir", "The choir by candlelight"


def write_invitation(desk: Page, name: str, *, register: str, web_address: str) -> None:
    open_menu(desk, "E-mails")
    follow(desk, desk.get_by_role("link", name="New e-mail").first)
    field(desk, "Name*").fill(name)
    choice(desk, "Register").select_option(register)
    write_subject(desk)
    field(desk, "Sender name").fill(SENDER)
    field(desk, "Heading*").fill(HEADING)
    texts = desk.get_by_role("tabpanel", name="Content").get_by_role("textbox", name="").filter(has_text="Dear")
    write_rich_text(desk, texts.first, "Dear {{ first_name|singer }}!", INVITATION)
    add_block(desk, "Button")
    field(desk, "Words on the button*").fill(BUTTON)
    choice(desk, "Leads to*").select_option("A web address")
    field(desk, "Web address").fill(f"{web_address}?city={{{{ city }}}}")
    add_block(desk, "Divider")
    write_columns(desk)
    pictures.insert(desk, PICTURE, description=ON_THE_PICTURE)


def write_columns(desk: Page) -> None:
    """A text on the left, and one on the right."""
    add_block(desk, "Two columns")
    for side, words in zip(("left", "right"), BESIDE_EACH_OTHER, strict=True):
        column = desk.locator(f"[data-contentpath={side}]:visible")
        add_block(desk, "Text", within=column)
        write_rich_text(desk, column.get_by_role("textbox").last, words)


def write_subject(desk: Page) -> None:
    """With a merge field from the list above it, and a word for those whose name is not known."""
    subject = field(desk, "Subject*")
    subject.fill("Winter concert: will you come, ?")
    subject.press("End")
    subject.press("ArrowLeft")
    fields = desk.get_by_role("combobox", name="Insert a merge field at the cursor").first
    fields.focus()
    fields.select_option("First name")
    expect(subject).to_have_value(re.compile(r"will you come, \{\{ first_name.*\}\}\?$"))


def look_at_previews(desk: Page) -> None:
    """The preview follows what is typed: as a mail, on a phone, and as plain text."""
    open_preview(desk)
    expect(preview(desk).get_by_role("heading", name=HEADING)).to_be_visible()
    expect(preview(desk).get_by_text("Dear singer!")).to_be_visible()
    check_picture(preview(desk))
    check_columns(preview(desk))
    field(desk, "Heading*").fill(f"{HEADING}!")
    wait_until_saved(desk)
    expect(preview(desk).get_by_role("heading", name=f"{HEADING}!")).to_be_visible()
    desk.get_by_role("radio", name="On a phone").check()
    plain = preview(desk, "Plain text").locator("pre")
    expect(plain).to_contain_text(f"{HEADING}!", ignore_case=True)
    expect(plain).to_contain_text("Dear singer!")
    for words in BESIDE_EACH_OTHER:
        expect(plain).to_contain_text(words)
    mail = preview(desk, "E-mail")
    expect(mail.get_by_role("heading", name=f"{HEADING}!")).to_be_visible()
    expect(mail.locator("html")).to_have_js_property("clientWidth", PHONE)
    desk.get_by_role("button", name="Toggle preview").click()


def check_picture(mail: FrameLocator) -> None:
    """It stands in the mail, and its bytes have come."""
    picture = mail.get_by_role("img", name=ON_THE_PICTURE)
    expect(picture).to_have_js_property("complete", True)
    expect(picture).to_have_js_property("naturalWidth", pictures.WIDTH)


def check_columns(mail: FrameLocator) -> None:
    """They stand at the same height; the divider is above them, and the button above that."""
    left, right = (box_of(mail.get_by_text(words)) for words in BESIDE_EACH_OTHER)
    assert left["y"] == right["y"]
    assert left["x"] + left["width"] <= right["x"]
    assert box_of(mail.get_by_role("link", name=BUTTON))["y"] < left["y"]


def box_of(place: Locator) -> FloatRect:
    box = place.bounding_box()
    assert box is not None
    return box


def save_as_ready(desk: Page, name: str) -> None:
    save_page(desk, "Save as ready")
    expect(desk.locator("main").get_by_role("link", name=name, exact=True)).to_be_visible()
