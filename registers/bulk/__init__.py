"""Changing many contacts at once: chosen, counted, confirmed, done in pieces, and taken back as an import is."""
