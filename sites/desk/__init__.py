"""The organiser's desk: screens of the admin for the replies to an event."""
