"""The body of an e-mail: its blocks one below the other, or side by side in two columns."""

from typing import Any

from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy
from wagtail import blocks

from mailer.editing.blocks import (
    ButtonBlock,
    DividerBlock,
    EventBlock,
    HeadingBlock,
    PictureBlock,
    TextBlock,
    mail_of,
)
from mailer.rendering.mail import COLUMN_GAP, Mail


class PlainStreamBlock(blocks.StreamBlock):
    """A stream whose blocks know their plain text."""

    def plain(self, value: Any, mail: Mail) -> str:
        return "\n\n".join(text for child in value if (text := child.block.plain(child.value, mail)))


class ColumnBlock(PlainStreamBlock):
    heading = HeadingBlock()
    text = TextBlock()
    picture = PictureBlock()
    button = ButtonBlock()


class ColumnsBlock(blocks.StructBlock):
    left = ColumnBlock(label=gettext_lazy("Left column"))
    right = ColumnBlock(label=gettext_lazy("Right column"))

    class Meta:
        icon = "grip"
        label = gettext_lazy("Two columns")
        template = "mailer/blocks/columns.html"

    def get_context(self, value: Any, parent_context: Any = None) -> dict[str, Any]:
        mail = mail_of(parent_context)
        narrow = {"mail": mail.narrowed((mail.width - COLUMN_GAP) // 2)}
        return {
            **super().get_context(value, parent_context),
            "left": mark_safe("".join(child.render(narrow) for child in value["left"])),
            "right": mark_safe("".join(child.render(narrow) for child in value["right"])),
        }

    def plain(self, value: Any, mail: Mail) -> str:
        sides = (value[side].stream_block.plain(value[side], mail) for side in ("left", "right"))
        return "\n\n".join(side for side in sides if side)


class EmailBody(PlainStreamBlock):
    heading = HeadingBlock()
    text = TextBlock()
    picture = PictureBlock()
    button = ButtonBlock()
    event = EventBlock()
    columns = ColumnsBlock()
    divider = DividerBlock()
