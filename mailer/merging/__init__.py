"""Merge fields: their syntax, what a contact offers, what a page may use."""
