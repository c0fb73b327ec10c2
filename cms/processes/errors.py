class LaunchError(Exception):
    """A part cannot be started. The message is one line for a person, and says what to do."""
