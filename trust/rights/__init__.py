"""Rights in vaults that go beyond reading: what roles give, what the stack lists, what workloads may do."""
