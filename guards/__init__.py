"""Doors for what comes from outside (HTML, uploads, tables, tokens), and to what lies beneath: cache, disk, logs."""
