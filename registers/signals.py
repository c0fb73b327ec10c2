"""What packages above hear about contacts."""

from django.dispatch import Signal

# Sent in the transaction that deletes them, while they are still there, with `contacts`, a QuerySet. Whoever keeps
# something of a person beside the contact (an address, a letter) blanks it now.
contacts_erased = Signal()

# Before somebody is asked whether groups or a segment shall be deleted, with `rows`. Whoever needs them answers with a
# sentence that names what will not work without them.
about_to_go = Signal()

# An important contact has a round birthday soon, with `birthday` (registers.birthdays.Birthday) and `users`, whom to
# tell. Sent again and again until the day is over: whoever tells them sees to it that it is once.
round_birthday = Signal()

# A follow-up is due, with `follow_up` and `users`, whom to tell; sent again if a receiver has failed.
follow_up_due = Signal()

# The signals of `registers.duplicates`. Every row of another table that points at a contact is moved without anybody's
# doing; these are for what cannot simply be moved.
#
# Before the contacts are locked, with `contacts`, a list: whoever lets somebody write about a contact under a lock of
# its own takes that lock now, in order of pk.
contacts_locking = Signal()
# With `kept`, `merged` (a list) and `ledger`, when both are locked and nothing has been moved yet; sent by a merge.
contacts_merging = Signal()
# The same when a merge is about to be taken back, and then when it has been: `restored` are there again.
contacts_unmerging = Signal()
contacts_unmerged = Signal()
