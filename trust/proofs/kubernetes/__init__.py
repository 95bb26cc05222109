"""Proofs about objects of Kubernetes: the webhook, Services, copies of secrets, rights, stores of Dapr."""
