from mailer.models.campaigns import EmailCampaign, Link
from mailer.models.mailbox import MailboxMessage
from mailer.models.messages import EmailMessage, MessageEvent
from mailer.models.pages import EmailIndexPage, EmailPage
from mailer.models.senders import Sender

__all__ = [
    "EmailCampaign",
    "EmailIndexPage",
    "EmailMessage",
    "EmailPage",
    "Link",
    "MailboxMessage",
    "MessageEvent",
    "Sender",
]
