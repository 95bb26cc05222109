"""The Secrets Store Sync Controller: its policies, and the reconciling of SecretSyncs."""
