"""Simulated Microsoft.KeyVault: vaults, access policies and the data plane."""
