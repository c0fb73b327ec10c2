"""axe finds nothing serious on our screens: the admin's, and the pages that guests meet, wide and light, and on the
smallest phone in the dark."""

import re
from collections.abc import Callable
from typing import Literal, NamedTuple

import pytest
from playwright.sync_api import Page, expect

from tests.axe import violations
from tests.journey import admin, links
from tests.kokoon import Kokoon

pytestmark = [pytest.mark.browser, pytest.mark.processes, pytest.mark.takes(40)]

SERIOUS = {"serious", "critical"}
# Wagtail's own rich text field has no name that axe can see; its label stands above it.
WAGTAILS_OWN = {("aria-input-field-name", "public-DraftEditor-content")}
SCREENS = (
    "/admin/",
    "/admin/registers/",
    "/admin/registers/add/",
    "/admin/registers/{register}/",
    "/admin/registers/{register}/import/",
    "/admin/registers/{register}/export/",
    "/admin/registers/{register}/segments/add/",
    "/admin/registers/{register}/changes/",
    "/admin/changes/{change}/",
    "/admin/contacts/{contact}/",
    "/admin/contacts/{contact}/documents/add/",
    "/admin/contacts/{contact}/appointments/add/",
    "/admin/followups/",
    "/admin/contact_groups/",
    "/admin/segments/{segment}/",
    "/admin/suppressions/",
    "/admin/events/",
    "/admin/events/{event}/",
    "/admin/events/{event}/report/",
    "/admin/events/{event}/badges/",
    "/admin/events/{event}/replies/add/",
    "/admin/events/{event}/replies/new/",
    "/admin/sign-ups/",
    "/admin/sign-ups/{sign_up}/",
    "/admin/sms/keywords/",
    "/admin/sms/keywords/new/",
    "/admin/sms/numbers/edit/{number}/",
    "/admin/sms/received/",
    "/admin/sms/practice/",
    "/admin/pages/{event}/edit/",
    "/admin/pages/{sign_up}/edit/",
    "/admin/pages/{email}/edit/",
    "/admin/campaigns/",
    "/admin/campaigns/new/",
    "/admin/campaigns/{campaign}/",
    "/admin/mailbox/",
    "/admin/mailbox/{mail}/",
    "/admin/organisation/team/",
    "/admin/organisation/team/{member}/",
)


class Look(NamedTuple):
    width: int  # pixels
    scheme: Literal["light", "dark"]


WIDE, SMALL_AND_DARK = Look(1280, "light"), Look(320, "dark")
BEYOND_THEIR_ROW = """() => {
    const end = (element) => element.getBoundingClientRect().right;
    const choices = [...document.querySelectorAll(".w-field-row select")];
    return choices.filter((choice) => end(choice) > end(choice.closest(".w-field-row"))).map((choice) => choice.name);
}"""
HOSTED = (
    "{home}", "{page}", "{page}thank-you/", "{page}waiting/", "{web_version}", "{reply}",
    "{form}", "{form}link/", "{form}sent/",
)  # fmt: skip


def found(page: Page) -> list[str]:
    """What axe says against the page, a line for each element."""
    return [
        f"{page.url}: {violation['id']}: {violation['help']}: {node['html'][:200]}"
        for violation in violations(page)
        if violation["impact"] in SERIOUS
        for node in violation["nodes"]
        if not any(violation["id"] == rule and mark in node["html"] for rule, mark in WAGTAILS_OWN)
    ]


def found_at(page: Page, kokoon: Kokoon, addresses: tuple[str, ...], looks: tuple[Look, ...] = (WIDE,)) -> list[str]:
    known = known_to(kokoon)
    wrong = []
    named = {address: set(re.findall(r"{(\w+)}", address)) for address in addresses}
    for address in (address for address, names in named.items() if names <= known.keys()):
        answer = page.goto(kokoon.base_url + address.format_map(known))
        assert answer is not None
        assert answer.status == 200, page.url
        for look in looks:
            page.set_viewport_size({"width": look.width, "height": 900})
            page.emulate_media(color_scheme=look.scheme)
            wrong += [f"{look}: {line}" for line in found(page)]
            if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
                wrong.append(f"{look}: {page.url}: is wider than its window")
    return wrong


def known_to(kokoon: Kokoon) -> dict[str, object]:
    """The newest things of the demonstration's first organisation. Mails, the links in them and changes are there only
    after the journey."""
    newest = {
        "register": "SELECT id FROM registers_register WHERE organisation_id = 1 ORDER BY id DESC",
        "contact": "SELECT id FROM registers_contact WHERE organisation_id = 1 ORDER BY id DESC",
        "segment": "SELECT id FROM registers_segment WHERE organisation_id = 1 ORDER BY id DESC",
        "change": "SELECT id FROM registers_import WHERE organisation_id = 1 AND change IS NOT NULL ORDER BY id DESC",
        "member": "SELECT id FROM organisations_membership WHERE organisation_id = 1 AND limited ORDER BY id DESC",
        "campaign": "SELECT id FROM mailer_emailcampaign WHERE organisation_id = 1 ORDER BY id DESC",
        # One with a file, if it has arrived.
        "mail": "SELECT id FROM mailer_mailboxmessage WHERE organisation_id = 1 "
        "ORDER BY starts_with(subject, 'You are coming') DESC, id DESC",
        # One that takes place.
        "event": "SELECT page_id FROM sites_registration r JOIN sites_capacity c USING (page_id) "
        "WHERE r.organisation_id = 1 AND c.cancelled_at IS NULL ORDER BY page_id DESC",
        "sign_up": "SELECT page_ptr_id FROM sites_signuppage ORDER BY page_ptr_id DESC",
        "number": "SELECT id FROM sms_shortnumber ORDER BY id DESC",
        "email": "SELECT page_ptr_id FROM mailer_emailpage ORDER BY page_ptr_id DESC",
    }
    known: dict[str, object] = {name: row[0] for name, sql in newest.items() for row in kokoon.query(f"{sql} LIMIT 1")}
    paths = {"page": known["event"], "web_version": known["email"], "form": known["sign_up"]}
    for name, page_id in paths.items():
        known[name] = kokoon.query("SELECT url_path FROM wagtailcore_page WHERE id = %s", page_id)[0][0]
    known["home"] = "/" + str(known["page"]).split("/")[1] + "/"
    for link in personal_links(kokoon, str(known["page"])):
        known["reply"] = link
    return known


def personal_links(kokoon: Kokoon, page: str) -> list[str]:
    """Those that stand in a mail."""
    return [link.removeprefix(kokoon.base_url) for link in links.in_all_mails(kokoon) if f"{page}r/" in link]


def test_the_admin_has_nothing_serious(running_kokoon: Kokoon, open_tab: Callable[[], Page]):
    tab = open_tab()
    admin.sign_in(tab, running_kokoon.base_url, (running_kokoon.data_dir / "login.txt").read_text())
    assert found_at(tab, running_kokoon, SCREENS) == []
    tab.goto(f"{running_kokoon.base_url}/admin/sms/keywords/new/")
    tab.locator("[name=reply]").fill("a\u0308\u00a0" * 50)  # pasted: it counts as it is saved, in the alphabet of SMS
    expect(tab.locator(".sms-length")).to_have_text("1 message. Characters left: 61")
    tab.set_viewport_size({"width": SMALL_AND_DARK.width, "height": 900})
    tab.goto(f"{running_kokoon.base_url}/admin/pages/{known_to(running_kokoon)['sign_up']}/edit/")
    admin.tab(tab, "Form")
    expect(tab.get_by_label("Group", exact=True)).to_be_visible()
    assert tab.evaluate(BEYOND_THEIR_ROW) == []


def test_the_hosted_pages_have_nothing_serious(running_kokoon: Kokoon, open_tab: Callable[[], Page]):
    assert found_at(open_tab(), running_kokoon, HOSTED, looks=(WIDE, SMALL_AND_DARK)) == []
