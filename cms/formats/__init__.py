"""How dates read, where Django's own way would puzzle our readers."""
