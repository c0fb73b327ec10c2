"""Where a column of a file can go, apart from the columns of the register: as it stands in the mapping of an import."""

CONSENT = "consent."  # with purpose and channel: registers.imports.consent_cells
# Where the columns of a file of notes go; one that goes to the text makes it one.
NOTE_TEXT, NOTE_AT, NOTE_KIND = "note.text", "note.at", "note.kind"
NOTE_TARGETS = (NOTE_TEXT, NOTE_AT, NOTE_KIND)
SKIP = ""
NEW = "new"
