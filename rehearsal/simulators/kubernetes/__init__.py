"""Simulated Kubernetes: the provider's behaviour, the objects of a cluster, and which kinds it serves."""
