"""Step 2, its picture: from the editor's machine into the image bank, and from there into the invitation."""

import re
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, expect

from tests.journey.admin import add_block, field, follow, open_menu

WIDTH = 900


def draw(folder: Path, name: str) -> Path:
    """A photograph on the editor's machine."""
    path = folder / name
    Image.new("RGB", (WIDTH, 500), "teal").save(path, quality=80)
    return path


def upload(desk: Page, path: Path, *, title: str, description: str) -> None:
    open_menu(desk, "Images")
    follow(desk, desk.get_by_role("link", name="Add an image"))
    desk.locator("input[type=file]").set_input_files(path)
    field(desk, "Title*").fill(title)
    field(desk, "Description").fill(description)
    desk.get_by_role("button", name="Update").click()
    expect(field(desk, "Title*")).to_have_count(0)


def insert(desk: Page, title: str, *, description: str) -> None:
    """At the end of the invitation, chosen from the bank; what was written of it there comes with it."""
    add_block(desk, "Picture")
    desk.get_by_role("button", name="Choose an image").click()
    chooser = desk.get_by_role("dialog").filter(has=desk.get_by_role("heading", name="Choose an image"))
    chooser.get_by_role("link", name=re.compile(rf"{title}$")).click()
    expect(field(desk, "Alt text")).to_have_value(description)
