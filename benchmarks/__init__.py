"""The costs of the program, measured side by side in one run."""
