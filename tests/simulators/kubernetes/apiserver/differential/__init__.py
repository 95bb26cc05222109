"""One corpus of objects for the simulated and for a real API server: their verdicts agree."""
