"""The demonstration organisations that a first start brings."""
