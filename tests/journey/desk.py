"""Steps 5 and 7, the organiser: replies by telephone, cancelling one, the event's numbers, report and export."""

import csv
import io
import re
from pathlib import Path

from playwright.sync_api import Page, expect
from python_calamine import CalamineWorkbook

from tests.journey.admin import choice, download, follow, people
from tests.journey.events import open_desk


def numbers(desk: Page, event: str) -> dict[str, str]:
    """What stands above the replies: {"Confirmed": "4 of 6", …}, without the line that says it in words."""
    open_desk(desk, event)
    boxes = desk.locator(".desk-numbers > div")
    return {
        box.get_by_role("term").inner_text(): " ".join(
            box.get_by_role("definition").inner_text().split("\n")[0].split()
        )
        for box in boxes.all()
    }


def states(desk: Page, event: str) -> dict[str, str]:
    """Where each reply stands, by the name of who gave it."""
    open_desk(desk, event)
    rows = desk.get_by_role("region", name="Replies").locator("tbody tr")
    return {row.locator(".title a").inner_text(): row.locator(".w-status").inner_text().strip() for row in rows.all()}


def add_reply(desk: Page, event: str, name: str, *, diet: str) -> None:
    """Somebody of the register has telephoned."""
    open_desk(desk, event)
    follow(desk, desk.get_by_role("link", name="Add a reply").first)
    desk.get_by_role("searchbox").last.fill(name)
    follow(desk, desk.locator("main").get_by_role("button", name="Search"))
    follow(desk, desk.get_by_role("region", name="People found").get_by_role("link", name=name))
    desk.get_by_role("radio", name=diet, exact=True).check()
    follow(desk, desk.get_by_role("button", name="They are coming"))
    expect(desk.get_by_role("heading", name=event, exact=True)).to_be_visible()


def bring_a_guest(desk: Page, event: str, name: str, *, guest: str, diet: str) -> None:
    """Whoever telephoned has called again: now they are two."""
    open_desk(desk, event)
    follow(desk, desk.get_by_role("link", name=f"Change the reply of {name}"))
    choice(desk, "How many of you are coming?*").select_option("2")
    box = desk.get_by_role("group", name="Guest 1")
    box.get_by_label("First name").fill(guest)
    box.get_by_role("radio", name=diet, exact=True).check()
    follow(desk, desk.get_by_role("button", name="Save the reply"))
    expect(desk.get_by_text(f"{name} is confirmed, 2 people.")).to_be_visible()


def cancel_event(desk: Page, event: str, *, told: int) -> None:
    open_desk(desk, event)
    follow(desk, desk.get_by_role("link", name="Cancel the event and tell everyone…"))
    follow(desk, desk.get_by_role("button", name=f"Cancel the event and tell {people(told)}", exact=True))
    expect(desk.get_by_text("This event is cancelled.")).to_be_visible()


def cancel_reply(desk: Page, event: str, name: str, *, party: int) -> None:
    open_desk(desk, event)
    follow(desk, desk.get_by_role("link", name=f"Cancel the reply of {name}"))
    follow(desk, desk.get_by_role("button", name=f"Cancel the reply for {people(party)}"))
    expect(desk.get_by_role("heading", name=event, exact=True)).to_be_visible()


def open_report(desk: Page, event: str) -> None:
    open_desk(desk, event)
    follow(desk, desk.get_by_role("link", name="Report"))
    expect(desk.get_by_role("heading", name="Confirmed people")).to_be_visible()


def answers(desk: Page, question: str) -> dict[str, int]:
    """The table under a question's chart, on the report."""
    part = desk.locator(".desk-part").filter(has=desk.get_by_role("heading", name=question, exact=True))
    rows = part.locator("tbody tr")
    return {row.locator("td").first.inner_text(): int(row.locator("td").last.inner_text()) for row in rows.all()}


def export(desk: Page, kind: str, folder: Path) -> Path:
    """From the form that asks what for; `kind` is Excel or CSV."""
    desk.get_by_role("textbox", name=re.compile("^What")).fill("name tags")
    desk.get_by_role("radio", name=re.compile(kind, re.IGNORECASE)).check()
    return download(desk, desk.get_by_role("button", name=re.compile("Download|Export")), folder)


def read(path: Path) -> list[list[str]]:
    """The rows of an exported table, its header first."""
    if path.suffix == ".xlsx":
        assert path.read_bytes().startswith(b"PK")
        sheet = CalamineWorkbook.from_path(path).get_sheet_by_index(0)
        return [[f"{cell:g}" if isinstance(cell, float) else str(cell) for cell in row] for row in sheet.to_python()]
    text = path.read_text("utf-8-sig")
    return list(csv.reader(io.StringIO(text), delimiter=";" if ";" in text.splitlines()[0] else ","))
