"""One module per document that resources are read from."""
