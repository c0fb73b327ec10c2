"""Styles written into the elements, as mail programs want them."""

import logging
from functools import cache

from premailer import Premailer


@cache
def _quiet() -> None:
    logging.getLogger("CSSUTILS").setLevel(logging.CRITICAL)


def inline_styles(html: str) -> str:
    """The document with its `<style>` rules as style attributes.

    A `<style data-premailer="ignore">` stays whole: it holds the rules that must not be inlined (@media).
    Nothing is fetched.
    """
    _quiet()
    premailer = Premailer(
        html,
        strip_important=False,
        allow_network=False,
        allow_loading_external_files=False,
        keep_style_tags=False,
        disable_leftover_css=True,
        disable_validation=True,
        disable_link_rewrites=True,
        align_floating_images=False,
        disable_basic_attributes=["width", "height"],  # Outlook wants the pixels that the templates give
        cssutils_logging_level=logging.CRITICAL,
    )
    return str(premailer.transform(pretty_print=False))
