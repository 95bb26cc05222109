"""The API server: kinds, schemas, validation, admission and rights."""
