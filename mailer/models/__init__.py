from mailer.models.mailbox import MailboxMessage

__all__ = ["MailboxMessage"]
