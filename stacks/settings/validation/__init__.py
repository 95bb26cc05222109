"""The machinery of validation: problems, rules and constraints."""
