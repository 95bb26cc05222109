"""Principals that read the vaults for workloads, their federated credentials and identity bindings."""
