"""What the API server checks on a write: schemas, validation and admission."""
