"""Technique sdk: the application asks the vault itself, with an Azure SDK and ``DefaultAzureCredential``.

It needs nothing in the cluster but the annotated ServiceAccount.
"""

from components.workloads.workload import Workload


class SdkWorkload(Workload):
    """A workload whose application reads the vault.

    Creates: ServiceAccount.
    """

    seen_by_pod = "the application asks the vault"
