"""Simulated Azure Resource Manager: how azure-native behaves, and one file of ARM's rules per service."""

from rehearsal.simulators.azure import authorization, cluster_answers, containerservice, keyvault, managedidentity, resources  # noqa: F401 they register rules
