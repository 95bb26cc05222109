"""The Key Vault: secrets, access policies, private endpoint and alerts."""
