"""The typed nodes of the chain: what a resource says, in plain fields."""
