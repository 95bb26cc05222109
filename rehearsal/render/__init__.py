"""Rendered files: the Kubernetes manifests and ARM templates of a stack."""
