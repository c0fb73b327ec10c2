"""Step 1: a register, people from a spreadsheet, a group, a segment."""

import re
from collections.abc import Callable
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

from playwright.sync_api import Page, Response, expect

from tests.journey.admin import download, follow, header_action, open_menu, search
from tests.journey.desk import read

MEMBERS = Path(__file__).resolve().parent.parent / "data" / "members.xlsx"
ROWS = 5_060
COLUMNS = (
    ("Sukupuoli", "One of several choices", "nainen, mies"),
    (
        "Kiinnostukset",
        "Several of several choices",
        "musiikki, matkailu, ruoka & viini, jääkiekko, teknologia, lapset",
    ),
)
# What the wizard should make of the file's own headings, without help.
GUESSES = {
    "Etunimi": "First name",
    "Sukunimi": "Last name",
    "Sähköposti": "E-mail",
    "Matkapuhelin": "Phone",
    "Postinumero": "Postcode",
    "Paikkakunta": "City",
    "Sukupuoli": "Sukupuoli",
    "Syntymäaika": "Date of birth",
    "Kiinnostukset": "Kiinnostukset",
    "Jäsennumero": "External id",
    "Yritys": "Company (found by its name, or made)",
}


def create_register(desk: Page, name: str) -> None:
    open_menu(desk, "People", "Registers")
    follow(desk, desk.get_by_role("link", name="Add register"))
    desk.get_by_label("Name*").fill(name)
    columns = desk.get_by_role("region", name="Columns")
    for at, (label, kind, choices) in enumerate(COLUMNS):
        columns.get_by_label("Name").nth(at).fill(label)
        columns.get_by_label("Type").nth(at).select_option(kind)
        columns.get_by_label("Choices").nth(at).fill(choices)
    follow(desk, desk.get_by_role("button", name="Create register"))
    expect(desk.get_by_text(f"The register “{name}” is ready.")).to_be_visible()


def upload(desk: Page) -> None:
    """From the empty register to the mapping, which is guessed."""
    follow(desk, desk.get_by_role("link", name="Import a spreadsheet"))
    desk.get_by_label("Spreadsheet").set_input_files(MEMBERS)
    follow(desk, desk.get_by_role("button", name="Upload and look"))
    expect(desk.get_by_role("heading", name=f"What do the columns of these {ROWS} rows mean?")).to_be_visible()
    for header, target in GUESSES.items():
        chosen = desk.get_by_role("combobox", name=header, exact=True).locator("option:checked")
        expect(chosen).to_have_text(target)


def try_out(desk: Page) -> dict[str, int]:
    """The numbers of the dry run; nothing is in the register yet."""
    desk.get_by_role("button", name="See what would happen").click()
    expect(desk.get_by_role("heading", name="This is what would happen")).to_be_visible(timeout=60_000)
    return numbers(desk)


def run_import(desk: Page) -> dict[str, int]:
    """The import, with its bar; the numbers of what was done."""
    with desk.expect_response(lambda answer: answer.url.endswith("/progress/")) as first_look:
        follow(desk, desk.get_by_role("button", name=re.compile(r"^Import \d+ contacts$")))
    assert 0 <= first_look.value.json()["percent"] <= 100
    expect(desk.get_by_role("heading", name="This is what happened")).to_be_visible(timeout=60_000)
    return numbers(desk)


def numbers(desk: Page) -> dict[str, int]:
    """What the boxes above the rows say."""
    boxes = desk.locator("main").get_by_role("link", name=re.compile(r"^\d+ [A-Z]")).all_inner_texts()
    return {label.strip(): int(number) for number, label in (box.split(maxsplit=1) for box in boxes)}


def rejects(desk: Page, folder: Path) -> list[list[list[str]]]:
    """The rows that were left out, as CSV and as Excel."""
    links = (desk.get_by_role("link", name=name, exact=True) for name in ("CSV", "Excel"))
    return [read(download(desk, link, folder)) for link in links]


def create_group(desk: Page, name: str, *, of: str, whose_name_holds: str, count: int) -> None:
    """A group of all who are found by a name."""
    open_register(desk, of)
    header_action(desk, "New group")
    desk.get_by_label("Name*").fill(name)
    follow(desk, desk.get_by_role("button", name="Create group"))
    follow(desk, desk.get_by_role("link", name="Add people").first)
    search(desk, whose_name_holds)
    rows = desk.locator("main tbody tr")
    expect(rows.filter(has_text=whose_name_holds)).to_have_count(count)
    expect(rows).to_have_count(count)
    for at in range(count):
        rows.nth(at).get_by_role("checkbox").check()
    follow(desk, desk.get_by_role("button", name="Add the ticked to the group"))
    expect(desk.get_by_role("heading", name=name)).to_be_visible()
    expect(desk.locator("main tbody tr")).to_have_count(count)


def create_segment(desk: Page, name: str, *, of: str, city: str, interest: str, gender: str) -> list[int]:
    """City, then interest, then gender; returns the live count after each condition and after saving."""
    open_register(desk, of)
    header_action(desk, "New segment")
    desk.get_by_label("Name of the segment").fill(name)
    conditions = desk.locator("[data-condition]")
    first = conditions.nth(0)
    first.get_by_label("Column").select_option("City")
    first.get_by_label("Condition").select_option("is")
    box = first.get_by_role("combobox", name="City")
    counts = [count_after(desk, lambda: box.fill(city), value=city)]

    for column, operator, choice in (
        ("Kiinnostukset", "includes any of", interest),
        ("Sukupuoli", "is one of", gender),
    ):
        desk.get_by_role("button", name="Add condition").click()
        row = conditions.last
        row.get_by_label("Column").select_option(column)
        row.get_by_label("Condition").select_option(operator)
        box = row.get_by_label(choice, exact=True)
        counts.append(count_after(desk, box.check, value=box.get_attribute("value")))

    follow(desk, desk.get_by_role("button", name="Save segment"))
    saved = desk.get_by_text(re.compile(f"The segment “{re.escape(name)}” is saved: (\\d+) contacts? fit"))
    expect(saved).to_be_visible()
    return counts


def count_after(desk: Page, act: Callable[[], None], *, value: str | None) -> int:
    """How many fit, as is asked after each change: here once this value is asked for."""

    def asks(answer: Response) -> bool:
        address = urlsplit(answer.url)
        return address.path.endswith("/count/") and value in dict(parse_qsl(address.query)).values()

    with desk.expect_response(asks) as answer:
        act()
    words = answer.value.json()["text"]
    expect(desk.locator("[data-found] strong")).to_have_text(words)
    return int(re.sub(r"\D", "", words))


def open_register(desk: Page, name: str) -> None:
    open_menu(desk, "People", "Registers")
    follow(desk, desk.get_by_role("link", name=name, exact=True))
    expect(desk.get_by_role("heading", name=name, exact=True)).to_be_visible()
