"""Hosted pages: content, RSVP and notice pages, forms, submissions, seats."""
