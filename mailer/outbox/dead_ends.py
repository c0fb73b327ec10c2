"""What an e-mail shows, or leads to, and that is gone since it was saved as ready: its pictures and its pages."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from wagtail.models import Page

from mailer.models import EmailPage
from mailer.rendering.richtext import linked_pages


def dead_ends(page: EmailPage, *, at: datetime) -> list[str]:
    """Why it would leave, at that moment, without a picture or with a link to nothing; what to change, in words."""
    blocks = list(_blocks(page.body))
    problems = []
    if any(block.block_type == "picture" and block.value["picture"] is None for block in blocks):
        problems.append(_("A picture of the e-mail has been deleted. Choose another, or take its block out."))
    if any(_leads_to_page(block) and block.value["page"] is None for block in blocks):
        problems.append(_("A button of the e-mail leads to a page that has been deleted. Choose another."))
    in_texts = {pk for block in blocks if block.block_type == "text" for pk in linked_pages(block.value.source)}
    chosen = {block.value["page"].pk for block in blocks if _has_page(block) and block.value["page"]}
    pages = {found.pk: found for found in Page.objects.filter(pk__in=in_texts | chosen).order_by("pk")}
    if in_texts - pages.keys():
        problems.append(_("A link in the text leads to a page that has been deleted. Change the text."))
    return problems + [
        _("“%(title)s” is not published: the link to it would lead nowhere. Publish it first.") % {"title": found.title}
        for found in pages.values()
        if not found.live and not found.revisions.filter(approved_go_live_at__lte=at).exists()
    ]


def _blocks(stream: Any) -> Iterator[Any]:
    for block in stream:
        if block.block_type == "columns":
            yield from _blocks(block.value["left"])
            yield from _blocks(block.value["right"])
        else:
            yield block


def _leads_to_page(block: Any) -> bool:
    return block.block_type == "button" and block.value["target"] == "page"


def _has_page(block: Any) -> bool:
    return block.block_type == "event" or _leads_to_page(block)
