"""Where Django's and Wagtail's own letters go: the same relay as everything else."""

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.smtp import EmailBackend as SmtpBackend

from mailer.transports.relay import parse_email_url


class EmailBackend(SmtpBackend):
    """Django's SMTP back-end, told by `EMAIL_URL` where the relay is."""

    def __init__(self, **kwargs: Any) -> None:
        relay = parse_email_url(settings.EMAIL_URL)
        kwargs.update(
            host=relay.host,
            port=relay.port,
            username=relay.username,
            password=relay.password,
            use_tls=relay.starttls,
            use_ssl=relay.tls,
            timeout=relay.timeout,
        )
        super().__init__(**kwargs)

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        return super().send_messages(email_messages) or 0
