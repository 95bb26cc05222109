"""Simulated Azure Resource Manager: how azure-native behaves, and one file of ARM's rules per service."""

from rehearsal.simulators.azure import (
    alerts,  # noqa: F401 they register rules
    authorization,  # noqa: F401
    cluster_answers,  # noqa: F401
    cluster_outbound,  # noqa: F401
    containerservice,  # noqa: F401
    etcd_encryption,  # noqa: F401
    eventgrid,  # noqa: F401
    extensions,  # noqa: F401
    keyvault,  # noqa: F401
    managedidentity,  # noqa: F401
    outbound,  # noqa: F401
    peerings,  # noqa: F401
    pools,  # noqa: F401
    private_clusters,  # noqa: F401
    registration,  # noqa: F401
    resources,  # noqa: F401
)
