"""Doors for what comes from outside: HTML, uploads, tables, tokens."""
