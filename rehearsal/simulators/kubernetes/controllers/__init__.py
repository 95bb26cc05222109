"""Kubernetes' own controllers: namespaces, replicas, autoscaling and scheduling."""
