"""E-mail: pages, senders, campaigns, rendering, transports, tracking, unsubscribe."""
