"""The Key Vault with its secrets, access policies, private endpoint and alerts."""
