"""The practice mailbox: an SMTP server of our own, so that nothing leaves the machine while one learns."""
