"""Splitting one stack into a platform and stacks of workloads, without replacing anything."""
