"""Step 1: a register, people from a spreadsheet, a group, a segment."""

import re
from pathlib import Path

from playwright.sync_api import Locator, Page, expect

from tests.journey.admin import download, header_action, open_menu
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
    "Yritys": "New column “Yritys”",
}


def create_register(desk: Page, name: str) -> None:
    open_menu(desk, "People", "Registers")
    desk.get_by_role("link", name="Add register").click()
    desk.get_by_label("Name*").fill(name)
    columns = desk.get_by_role("region", name="Columns")
    for at, (label, kind, choices) in enumerate(COLUMNS):
        columns.get_by_label("Name").nth(at).fill(label)
        columns.get_by_label("Type").nth(at).select_option(kind)
        columns.get_by_label("Choices").nth(at).fill(choices)
    desk.get_by_role("button", name="Create register").click()
    expect(desk.get_by_text(f"The register “{name}” is ready.")).to_be_visible()


def upload(desk: Page) -> None:
    """From the empty register to the mapping, which is guessed."""
    desk.get_by_role("link", name="Import a spreadsheet").click()
    desk.get_by_label("Spreadsheet").set_input_files(MEMBERS)
    desk.get_by_role("button", name="Upload and look").click()
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
    desk.get_by_role("button", name=re.compile(r"^Import \d+ contacts$")).click()
    expect(desk.get_by_role("progressbar")).to_be_visible()
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
    """A group of the first people who are found by a name."""
    open_register(desk, of)
    header_action(desk, "New group")
    desk.get_by_label("Name*").fill(name)
    desk.get_by_role("button", name="Create group").click()
    desk.get_by_role("link", name="Add people").first.click()
    # The list may begin with the wanted people: only the answer to the search says that it will not change again.
    with desk.expect_response(lambda response: "q=" in response.url):
        desk.get_by_role("textbox", name="Search term").fill(whose_name_holds)
    desk.wait_for_load_state("networkidle")
    rows = desk.locator("main tbody tr")
    expect(rows.first).to_contain_text(whose_name_holds)
    expect(rows.filter(has_not_text=whose_name_holds)).to_have_count(0)
    for at in range(count):
        rows.nth(at).get_by_role("checkbox").check()
    desk.get_by_role("button", name="Add the ticked to the group").click()
    expect(desk.get_by_role("heading", name=name)).to_be_visible()
    expect(desk.locator("main tbody tr")).to_have_count(count)


def create_segment(desk: Page, name: str, *, of: str, city: str, interest: str, gender: str) -> list[int]:
    """City, then interest, then gender; returns the live count after each condition and after saving."""
    open_register(desk, of)
    header_action(desk, "New segment")
    desk.get_by_label("Name of the segment").fill(name)
    conditions = desk.locator("[data-condition]")
    found = desk.locator("[data-found]")
    counts = []

    first = conditions.nth(0)
    first.get_by_label("Column").select_option("City")
    first.get_by_label("Condition").select_option("is")
    first.get_by_role("combobox", name="City").fill(city)
    counts.append(count_shown(found, after=None))

    for column, operator, choice in (
        ("Kiinnostukset", "includes any of", interest),
        ("Sukupuoli", "is one of", gender),
    ):
        desk.get_by_role("button", name="Add condition").click()
        row = conditions.last
        row.get_by_label("Column").select_option(column)
        row.get_by_label("Condition").select_option(operator)
        row.get_by_label(choice, exact=True).check()
        counts.append(count_shown(found, after=counts[-1]))

    desk.get_by_role("button", name="Save segment").click()
    saved = desk.get_by_text(re.compile(f"The segment “{re.escape(name)}” is saved: (\\d+) contacts? fit"))
    expect(saved).to_be_visible()
    return counts


def count_shown(found: Locator, *, after: int | None) -> int:
    """The live count, once it is another than `after`."""
    words = found.locator("strong")
    expect(words).to_have_text(re.compile(r"\d"))
    if after is not None:
        expect(words).not_to_have_text(re.compile(rf"^{after}\b"))
    return int(re.sub(r"\D", "", words.inner_text()))


def open_register(desk: Page, name: str) -> None:
    open_menu(desk, "People", "Registers")
    desk.get_by_role("link", name=name, exact=True).click()
    expect(desk.get_by_role("heading", name=name, exact=True)).to_be_visible()
