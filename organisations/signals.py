"""What the packages above may want to know."""

from django.dispatch import Signal

# Sent inside the transaction that creates an organisation, with `organisation`; its pages are made by `sites`.
organisation_created = Signal()
