"""Blocks for pages that are read."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.images.blocks import ImageChooserBlock

from organisations.ownership import check_image
from sites import pictures

TEXT_FEATURES = ["h3", "bold", "italic", "link", "ol", "ul"]


class OwnImageBlock(ImageChooserBlock):
    """An image of the organisation's own bank: a forged id of another one is refused."""

    def clean(self, value: Any) -> Any:
        image = super().clean(value)
        check_image(image)
        return image


class PictureBlock(blocks.StructBlock):
    image = OwnImageBlock(label=_("Picture"))
    alt = blocks.CharBlock(
        label=_("Description"),
        required=False,
        max_length=250,
        help_text=_("What the picture tells, for those who cannot see it. Empty when it only decorates."),
    )
    caption = blocks.CharBlock(label=_("Caption"), required=False, max_length=250)

    def get_context(self, value: Any, parent_context: Any = None) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context(value, parent_context)
        return {**context, "picture": pictures.in_text(value["image"])}

    class Meta:
        icon = "image"
        label = _("Picture")
        template = "sites/blocks/picture.html"


class ButtonBlock(blocks.StructBlock):
    text = blocks.CharBlock(label=_("Text"), max_length=80, help_text=_("Names the act: “Read the programme”."))
    link = blocks.URLBlock(label=_("Address"))

    class Meta:
        icon = "link"
        label = _("Button")
        template = "sites/blocks/button.html"


class QuoteBlock(blocks.StructBlock):
    text = blocks.TextBlock(label=_("Quotation"), rows=3)
    source = blocks.CharBlock(label=_("Who said it"), required=False)

    class Meta:
        icon = "openquote"
        label = _("Quotation")
        template = "sites/blocks/quote.html"


class ContentBlocks(blocks.StreamBlock):
    heading = blocks.CharBlock(label=_("Heading"), icon="h2", template="sites/blocks/heading.html", max_length=150)
    text = blocks.RichTextBlock(label=_("Text"), features=TEXT_FEATURES)
    picture = PictureBlock()
    button = ButtonBlock()
    quote = QuoteBlock()

    class Meta:
        required = False
