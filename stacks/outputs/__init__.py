"""Stack outputs: what people, other stacks and tools read."""
