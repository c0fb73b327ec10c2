"""The practice mailbox, where everything that is sent arrives."""

from dataclasses import dataclass

from playwright.sync_api import FrameLocator, Page, expect

from tests.journey.admin import open_menu
from tests.kokoon import Kokoon, eventually


@dataclass(frozen=True)
class Mailbox:
    """Waits for mails through the database, reads them through the admin."""

    kokoon: Kokoon
    desk: Page

    def to(self, address: str) -> list[str]:
        """Subjects of what this address has got, the oldest first."""
        rows = self.kokoon.query(
            'SELECT subject FROM mailer_mailboxmessage WHERE "to" ILIKE %s ORDER BY id', f"%{address}%"
        )
        return [subject for (subject,) in rows]

    def wait(self, address: str, subject: str, *, count: int = 1) -> None:
        """Until so many mails with this in the subject have come to the address; fails on one too many."""
        eventually(lambda: self.count(address, subject) >= count)
        assert self.count(address, subject) == count, self.to(address)

    def count(self, address: str, subject: str) -> int:
        return sum(subject in each for each in self.to(address))

    def open(self, address: str, subject: str) -> FrameLocator:
        """The newest such mail, opened as the newcomer opens it."""
        self.wait_for_any(address, subject)
        open_menu(self.desk, "Mailbox")
        search = self.desk.get_by_role("textbox", name="Search term")
        search.fill(address)
        row = self.desk.locator("main tbody tr").filter(has_text=subject).filter(has_text=address).first
        row.get_by_role("link").first.click()
        expect(self.desk.locator(".mailbox-envelope")).to_contain_text(address)
        return self.desk.frame_locator(".mailbox-frame")

    def wait_for_any(self, address: str, subject: str) -> None:
        eventually(lambda: self.count(address, subject))
