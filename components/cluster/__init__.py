"""The AKS cluster, made here or existing, with its node pools and add-ons."""
