"""What comes back: opens, clicks, unsubscribing, and the figures made of them."""
