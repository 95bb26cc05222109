"""Rights of workloads that go beyond reading."""
