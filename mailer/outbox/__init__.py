"""From a campaign's start, or an automatic letter, to bytes on the wire."""
