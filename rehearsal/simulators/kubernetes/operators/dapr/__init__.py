"""Dapr: control plane, sidecar and secrets API."""
