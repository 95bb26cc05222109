"""Simulated Microsoft.Network: virtual networks, peerings and egress."""
