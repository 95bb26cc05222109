"""Simulated Microsoft.ContainerService: clusters, node pools and extensions."""
