"""The blocks of an e-mail. Each knows its HTML (a table row, see templates/mailer/blocks) and its plain text."""

from collections.abc import Callable, Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override
from wagtail import blocks
from wagtail.blocks.struct_block import StructBlockValidationError
from wagtail.images.blocks import ImageBlock

from mailer.merging.offers import check_link, check_text
from mailer.merging.tags import TAG
from mailer.rendering.mail import Mail, NoInvitation
from mailer.rendering.richtext import linked_pages, rich_html, rich_pieces, rich_plain, runs_from_right
from mailer.rendering.urls import absolute, page_url
from organisations.ownership import check_image, check_page, check_page_ids

MERGE_FEATURE = "merge-fields"
TEXT_FEATURES = ["bold", "italic", "link", "ol", "ul", "h3", "blockquote", MERGE_FEATURE]
RETINA = 2


def mail_of(context: Mapping[str, Any] | None) -> Mail:
    """The mail that is being compiled, out of the context that blocks are rendered with."""
    assert context is not None
    mail: Mail = context["mail"]
    return mail


class MergeCharBlock(blocks.CharBlock):
    """One line of text that may hold merge fields."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.field.widget.attrs["data-controller"] = "merge-fields"

    def clean(self, value: Any) -> Any:
        value = super().clean(value)
        check_text(value or "")
        return value


class HeadingBlock(blocks.StructBlock):
    text = MergeCharBlock(label=gettext_lazy("Heading"), max_length=200)
    size = blocks.ChoiceBlock(
        choices=[("h1", gettext_lazy("Large")), ("h2", gettext_lazy("Small"))],
        default="h1",
        label=gettext_lazy("Size"),
    )

    class Meta:
        icon = "title"
        label = gettext_lazy("Heading")
        template = "mailer/blocks/heading.html"

    def get_context(self, value: Any, parent_context: Any = None) -> dict[str, Any]:
        text = mail_of(parent_context).html(value["text"])
        return {**super().get_context(value, parent_context), "text": text, "rtl": runs_from_right(value["text"])}

    def plain(self, value: Any, mail: Mail) -> str:
        text = mail.text(value["text"])
        length = len(TAG.sub(lambda tag: tag[2] or tag[1], value["text"]))
        return f"{text}\n{('=' if value['size'] == 'h1' else '-') * min(length, 60)}"


class TextBlock(blocks.RichTextBlock):
    """Rich text with few features: what every mail program shows."""

    class Meta:
        icon = "pilcrow"
        label = gettext_lazy("Text")
        template = "mailer/blocks/text.html"

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("features", TEXT_FEATURES)
        super().__init__(**kwargs)

    def clean(self, value: Any) -> Any:
        value = super().clean(value)
        source = value.source
        check_page_ids(linked_pages(source))
        texts, links = rich_pieces(source)
        for text in texts:
            check_text(text)
        for link in links:
            check_link(link)
        return value

    def get_context(self, value: Any, parent_context: Any = None) -> dict[str, Any]:
        mail = mail_of(parent_context)
        html = mark_safe(rich_html(value.source, mail.slots))
        return {**super().get_context(value, parent_context), "html": html}

    def plain(self, value: Any, mail: Mail) -> str:
        return rich_plain(value.source, mail.slots)


class PictureBlock(blocks.StructBlock):
    picture = ImageBlock(label=gettext_lazy("Picture"))
    caption = MergeCharBlock(required=False, max_length=250, label=gettext_lazy("Caption"))
    link = blocks.CharBlock(
        required=False,
        max_length=1000,
        label=gettext_lazy("Link"),
        help_text=gettext_lazy("Where a click on the picture leads, as in https://example.org/"),
    )

    class Meta:
        icon = "image"
        label = gettext_lazy("Picture")
        template = "mailer/blocks/picture.html"

    def clean(self, value: Any) -> Any:
        value = super().clean(value)
        errors: dict[str, ValidationError] = {}
        _collect(errors, "picture", lambda: check_image(value["picture"]))
        _collect(errors, "link", lambda: check_link(value["link"]))
        if errors:
            raise StructBlockValidationError(block_errors=errors)
        return value

    def get_context(self, value: Any, parent_context: Any = None) -> dict[str, Any]:
        mail = mail_of(parent_context)
        context: dict[str, Any] = super().get_context(value, parent_context)
        image = value["picture"]
        if image is not None:
            rendition = image.get_rendition(_spec(image, mail.width * RETINA))
            alt = _alt(image)
            context.update(
                src=absolute(rendition.url),
                width=min(mail.width, rendition.width),
                alt=alt,
                caption=mail.html(value["caption"] or ""),
                href=mail.slots.link(value["link"], alt or _("Picture")) if value["link"] else "",
            )
        return context

    def plain(self, value: Any, mail: Mail) -> str:
        image = value["picture"]
        if image is None:
            return ""
        alt = _alt(image)
        lines = [f"[{alt}]" if alt else "", mail.text(value["caption"] or "")]
        if value["link"]:
            lines.append(mail.slots.link(value["link"], alt or _("Picture")))
        return "\n".join(line for line in lines if line)


def _spec(image: Any, width: int) -> str:
    """Outlook shows neither WebP nor AVIF."""
    modern = image.file.name.lower().endswith((".webp", ".avif"))
    return f"width-{width}|format-jpeg" if modern else f"width-{width}"


def _alt(image: Any) -> str:
    return "" if image.decorative else (image.contextual_alt_text or "")


class ButtonBlock(blocks.StructBlock):
    label = MergeCharBlock(max_length=60, label=gettext_lazy("Words on the button"))
    target = blocks.ChoiceBlock(
        choices=[
            ("event", gettext_lazy("The recipient's own page: their reply to the event, or their details")),
            ("page", gettext_lazy("A page of this site")),
            ("url", gettext_lazy("A web address")),
            ("web", gettext_lazy("This e-mail on the web")),
        ],
        default="event",
        label=gettext_lazy("Leads to"),
    )
    page = blocks.PageChooserBlock(required=False, label=gettext_lazy("Page"))
    url = blocks.CharBlock(
        required=False,
        max_length=1000,
        label=gettext_lazy("Web address"),
        help_text=gettext_lazy("As in https://example.org/. Merge fields may fill its end."),
    )

    class Meta:
        icon = "link"
        label = gettext_lazy("Button")
        template = "mailer/blocks/button.html"

    def clean(self, value: Any) -> Any:
        value = super().clean(value)
        errors: dict[str, ValidationError] = {}
        if value["target"] == "page" and not value["page"] and not self.is_deferred_validation:
            errors["page"] = ValidationError(_("Choose the page that the button leads to."))
        if value["target"] == "url" and not value["url"] and not self.is_deferred_validation:
            errors["url"] = ValidationError(_("Write the address that the button leads to."))
        _collect(errors, "page", lambda: check_page(value["page"]))
        _collect(errors, "url", lambda: check_link(value["url"]))
        if errors:
            raise StructBlockValidationError(block_errors=errors)
        return value

    def get_context(self, value: Any, parent_context: Any = None) -> dict[str, Any]:
        mail = mail_of(parent_context)
        return {
            **super().get_context(value, parent_context),
            "label": mail.html(value["label"]),
            "href": self._href(value, mail),
        }

    def plain(self, value: Any, mail: Mail) -> str:
        href = self._href(value, mail)
        return f"{mail.text(value['label'])}:\n{href}" if href else ""

    def _href(self, value: Any, mail: Mail) -> str:
        label = value["label"]
        if value["target"] == "event":
            return mail.personal_link(label)
        if value["target"] == "page":
            return mail.slots.link(page_url(value["page"]), label) if value["page"] else ""
        if value["target"] == "web":
            return "" if mail.web else mail.slots.address("web_url")
        return mail.slots.link(value["url"], label) if value["url"] else ""


class EventBlock(blocks.StructBlock):
    page = blocks.PageChooserBlock(
        page_type="sites.RsvpPage",
        required=False,
        label=gettext_lazy("Event"),
        help_text=gettext_lazy("Left empty, it is the event that the campaign invites to."),
    )
    button = MergeCharBlock(
        required=False, default=gettext_lazy("Reply"), max_length=60, label=gettext_lazy("Words on the button")
    )

    class Meta:
        icon = "date"
        label = gettext_lazy("Event")
        template = "mailer/blocks/event.html"

    def clean(self, value: Any) -> Any:
        value = super().clean(value)
        errors: dict[str, ValidationError] = {}
        _collect(errors, "page", lambda: check_page(value["page"]))
        if errors:
            raise StructBlockValidationError(block_errors=errors)
        return value

    def get_context(self, value: Any, parent_context: Any = None) -> dict[str, Any]:
        mail = mail_of(parent_context)
        page = self._page(value, mail)
        context: dict[str, Any] = super().get_context(value, parent_context)
        if page is not None:
            with override(mail.look.language):
                card = page.email_card()
                context |= {"card": card, "facts": _facts(card)}
            context |= {"href": self._href(value, mail, page), "label": mail.html(value["button"] or "")}
        return context

    def plain(self, value: Any, mail: Mail) -> str:
        page = self._page(value, mail)
        if page is None:
            return ""
        with override(mail.look.language):
            card = page.email_card()
            lines = [card["title"], *(f"{label}: {words}" for label, words in _facts(card))]
        href = self._href(value, mail, page)
        if value["button"] and href:
            lines.append(f"\n{mail.text(value['button'])}:\n{href}")
        return "\n".join(lines)

    def _page(self, value: Any, mail: Mail) -> Any:
        """The event on the card: the one chosen here, else the one the mail invites to; None on the web without."""
        page = value["page"].specific if value["page"] else mail.invitation
        if hasattr(page, "email_card"):
            return page
        if mail.web:
            return None
        raise NoInvitation

    def _href(self, value: Any, mail: Mail, page: Any) -> str:
        label = value["button"] or str(page.title)
        if mail.invitation is not None and page.pk == mail.invitation.pk:
            return mail.personal_link(label)
        return mail.slots.link(page_url(page), label)


def _facts(card: Mapping[str, str]) -> list[tuple[str, str]]:
    return [(label, str(card[key])) for label, key in ((_("When"), "when"), (_("Where"), "where")) if card.get(key)]


class DividerBlock(blocks.StaticBlock):
    class Meta:
        icon = "minus"
        label = gettext_lazy("Divider")
        admin_text = gettext_lazy("A thin line across the e-mail.")
        template = "mailer/blocks/divider.html"

    def plain(self, value: Any, mail: Mail) -> str:
        return "-" * 24


def _collect(errors: dict[str, ValidationError], name: str, check: Callable[[], None]) -> None:
    try:
        check()
    except ValidationError as error:
        errors[name] = error
