"""Any input to Arrow batches of articles; what can't be used is set aside, with the reason."""
