"""Giving a column another type: shown first, then done in chunks; what was there is kept in a retired column."""
