"""Kubernetes' own controllers: replicas, autoscaling and scheduling."""
