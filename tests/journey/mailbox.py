"""The practice mailbox, where everything that is sent arrives."""

from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import FrameLocator, Page, expect

from tests.journey.admin import download, follow, open_menu, search
from tests.kokoon import Kokoon, eventually


@dataclass(frozen=True)
class Mailbox:
    """Waits for mails through the database, reads them through the admin."""

    kokoon: Kokoon
    desk: Page

    def newest(self) -> int:
        """The id of what has come last."""
        [(newest,)] = self.kokoon.query("SELECT coalesce(max(id), 0) FROM mailer_mailboxmessage")
        return int(newest)

    def to(self, address: str) -> list[str]:
        """Subjects of what this address has got, the oldest first."""
        rows = self.kokoon.query(
            'SELECT subject FROM mailer_mailboxmessage WHERE "to" ILIKE %s ORDER BY id', f"%{address}%"
        )
        return [subject for (subject,) in rows]

    def wait(self, address: str, subject: str, *, times: int = 1, seconds: float = 30) -> None:
        """Until so many mails with this in their subject have come to the address; fails when there are more."""
        eventually(lambda: self.count(address, subject) >= times, seconds)
        assert self.count(address, subject) == times, self.to(address)

    def count(self, address: str, subject: str) -> int:
        return sum(subject in each for each in self.to(address))

    def open(self, address: str, subject: str) -> FrameLocator:
        """The newest such mail, opened as the newcomer opens it."""
        eventually(lambda: self.count(address, subject))
        open_menu(self.desk, "Mailbox")
        search(self.desk, address)
        row = self.desk.locator("main tbody tr").filter(has_text=subject).filter(has_text=address).first
        follow(self.desk, row.get_by_role("link").first)
        expect(self.desk.locator(".mailbox-envelope")).to_contain_text(address)
        return self.desk.frame_locator(".mailbox-frame")

    def sender(self) -> str:
        """Of the mail that is open."""
        return self.desk.locator(".mailbox-envelope dd").first.inner_text()

    def attachment(self, ending: str, folder: Path) -> Path:
        """Of the mail that is open."""
        return download(self.desk, self.desk.locator(".mailbox-envelope a").filter(has_text=ending), folder)
