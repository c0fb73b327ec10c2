"""People and books: registers, fields, contacts, groups, segments, consent, activity, import and export."""
