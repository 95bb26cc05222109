"""The objects of the simulated cluster: kinds, fields, storage and events."""
