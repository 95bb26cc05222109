"""The controller of akv2k8s: from AzureKeyVaultSecrets to Kubernetes Secrets."""
