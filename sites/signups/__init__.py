"""Sign-up pages: people join a register by themselves, keep their details up to date, and leave again."""
