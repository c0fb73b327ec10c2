"""Wagtail looks here for what the package adds to the admin; each part registers its own."""

from mailer.campaigns import menu as campaigns_menu
from mailer.editing import editor, listing
from mailer.editing import menu as emails_menu
from mailer.mailbox import menu

__all__ = ["campaigns_menu", "editor", "emails_menu", "listing", "menu"]
