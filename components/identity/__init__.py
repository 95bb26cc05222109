"""Principals that read the vaults for workloads, and their federated credentials."""
