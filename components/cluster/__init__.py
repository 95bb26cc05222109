"""The AKS cluster, created by this program or existing, with its node pools and add-ons."""
