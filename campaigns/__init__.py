"""What e-mail and SMS sends share: audience, schedule, outbox, pace, report."""
