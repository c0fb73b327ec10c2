"""What packages above hear about contacts."""

from django.dispatch import Signal

# Sent in the transaction that deletes them, while they are still there, with `contacts`, a QuerySet. Whoever keeps
# something of a person beside the contact (an address, a letter) blanks it now.
contacts_erased = Signal()
