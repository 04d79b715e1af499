"""Check-and-add, one article at a time, against a durable store."""
