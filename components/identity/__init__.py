"""Identities that read a vault for workloads, and the federated credentials that pods use them by."""
