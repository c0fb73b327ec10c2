"""SMS: campaigns, transports, return channel, keywords, votes."""
