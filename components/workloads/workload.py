"""What every workload is made of, whichever way its secrets reach the pod.

Owns: the ServiceAccount through which pods take on the identity.
Deliberately not here: the namespace and the identity (workloads share them; the composition makes them), and each technique's own objects.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar

import pulumi
from pulumi import ResourceOptions
from pulumi_kubernetes import core, meta

from components.identity import ServiceAccount, WorkloadIdentity


class Technique(StrEnum):
    """How secrets get into the pod."""

    SDK = "sdk"
    """The application asks the vault itself, with an Azure SDK."""


class Kind(StrEnum):
    """What owns the pod."""

    NONE = "none"
    """Nobody here: everything but the pod is made."""


@dataclass(frozen=True, kw_only=True)
class WorkloadArgs:
    """What the workload is called and who it is."""

    service_account: ServiceAccount
    identity: WorkloadIdentity
    namespace: pulumi.Resource
    """The Namespace object: names are plain strings, so nothing else says that it has to be there first."""


class Workload(pulumi.ComponentResource):
    """A workload's objects in the cluster; each technique's bundle adds its own.

    One type token for every technique: URNs hold the parent's type, so a token per technique would replace everything when it changes.

    Creates: ServiceAccount.
    """

    seen_by_pod: ClassVar[str]
    """How the pod gets at the value, in a person's words."""

    service_account_name: pulumi.Output[str]

    def __init__(self, name: str, args: WorkloadArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("aks-secrets:index:Workload", name, None, opts)
        service_account = core.v1.ServiceAccount(
            f"{name}-service-account",
            metadata=meta.v1.ObjectMetaArgs(
                name=args.service_account.name,
                namespace=args.service_account.namespace,
                annotations={
                    # Both: ESO refuses a ServiceAccount without the tenant.
                    "azure.workload.identity/client-id": args.identity.client_id,
                    "azure.workload.identity/tenant-id": args.identity.tenant_id,
                },
            ),
            # Entra trusts tokens that the kubelet projects into pods that ask for them; no pod needs one for the Kubernetes API.
            automount_service_account_token=False,
            opts=ResourceOptions(parent=self, depends_on=[args.namespace]),
        )
        self.service_account_name = service_account.metadata.apply(lambda metadata: metadata.name or "")
        self.register_outputs({"service_account_name": self.service_account_name})
