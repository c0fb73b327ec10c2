"""Wagtail looks here for what the package adds to the admin; each part registers its own."""

from mailer import editor
from mailer.mailbox import menu

__all__ = ["editor", "menu"]
