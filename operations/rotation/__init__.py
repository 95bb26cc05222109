"""A new value for a secret: the change of the stack file, and the order in which workloads get the value."""
