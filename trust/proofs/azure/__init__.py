"""Proofs about resources of Azure: where roles are, whom identities trust, and the ways into vaults."""
