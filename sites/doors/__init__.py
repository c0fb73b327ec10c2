"""What visitors meet: the public page, the personal link, and previews of both."""
