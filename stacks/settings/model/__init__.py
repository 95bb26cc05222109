"""The pydantic models of the config, one module per section."""
