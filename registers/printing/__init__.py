"""Drawing on paper: PDF lists, sheets of labels and of badges. Knows of texts and millimetres, not of contacts."""
