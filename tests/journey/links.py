"""What mail scanners do: they get every link of every mail, many times."""

import re
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from email import message_from_bytes, policy
from html import unescape
from itertools import chain, repeat
from typing import Any
from urllib.parse import urljoin, urlsplit

from tests.kokoon import Kokoon

THREADS = 4
ADDRESS = re.compile(r"""https?://[^\s"'<>\\)]+""")
FOLD = re.compile(r"\r?\n[ \t]")  # calendar entries break their long lines so
# The log of opens and clicks is what a GET may write; a smaller copy of a picture is made when it is first shown.
MAY_GROW = {"mailer_messageevent", "organisations_rendition"}


def in_all_mails(kokoon: Kokoon, *, after: int = 0) -> list[str]:
    """All addresses of ours in both texts of each mail and in its headers, each once; of mails with a higher id."""
    ours = urlsplit(kokoon.base_url).netloc
    found: set[str] = set()
    for (raw,) in kokoon.query("SELECT raw FROM mailer_mailboxmessage WHERE id > %s", after):
        mail = message_from_bytes(bytes(raw), policy=policy.default)
        texts = [str(mail[name]) for name in mail if name.lower().startswith("list-")]
        for part in mail.walk():
            if part.get_content_maintype() == "text":
                text = part.get_content()
                texts.append(FOLD.sub("", text) if part.get_content_subtype() == "calendar" else text)
        found |= {unescape(address) for text in texts for address in ADDRESS.findall(text)}
    return sorted(address for address in found if urlsplit(address).netloc == ours)


def get_all(addresses: Iterable[str], *, times: int) -> Counter[int]:
    """How often each status was answered. Where an address leads elsewhere, that is got as often, once for all."""
    answers: Counter[int] = Counter()
    done: set[str] = set()
    todo = set(addresses)
    with ThreadPoolExecutor(THREADS) as pool:
        while todo:
            got = list(pool.map(get, chain.from_iterable(repeat(todo, times))))
            answers.update(status for status, _leads_to in got)
            done |= todo
            todo = {leads_to for _status, leads_to in got if leads_to} - done
    return answers


class _Stay(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *args: Any) -> None:
        """A redirect is an answer like others."""


def get(address: str) -> tuple[int, str]:
    """The status, and where it leads."""
    request = urllib.request.Request(address, headers={"User-Agent": "Mozilla/5.0 (mail scanner)"})
    try:
        with urllib.request.build_opener(_Stay).open(request, timeout=60) as answer:
            answer.read()
            return answer.status, ""
    except urllib.error.HTTPError as error:
        return error.code, urljoin(address, error.headers.get("Location", ""))


def everything(kokoon: Kokoon) -> dict[str, tuple[int, str]]:
    """Of each table how many rows it has and a digest of all that is in them."""
    tables = [
        table
        for (table,) in kokoon.query("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename")
        if table not in MAY_GROW
    ]
    digest = "SELECT count(*), coalesce(md5(string_agg(t::text, '' ORDER BY t::text)), '') FROM \"{}\" t"
    return {table: kokoon.query(digest.format(table))[0] for table in tables}


def log_length(kokoon: Kokoon) -> int:
    """How many opens and clicks have been written down."""
    [(count,)] = kokoon.query("SELECT count(*) FROM mailer_messageevent")
    return count
