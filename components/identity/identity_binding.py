"""The identity binding of an identity in a cluster: AKS exchanges tokens of ServiceAccounts for the
identity's.

Owns: the IdentityBinding, and the right in the cluster of each ServiceAccount to use the identity.
Deliberately not here: the federated credential ``aks-identity-binding``, which AKS makes on the identity and
never deletes, and the annotation of the pods (components/workloads/).

https://learn.microsoft.com/azure/aks/identity-bindings
"""

from collections.abc import Sequence

import pulumi
from pulumi import Input, ResourceOptions
from pulumi_azure_native import containerservice

from components.aliases import ROOT_ALIAS
from components.cluster.base import Cluster
from components.identity.principal import ServiceAccount
from components.resource_ids import ArmId

AUDIENCE = "api://AKSIdentityBinding"
"""Audience of the tokens that the cluster's token proxy accepts."""
GROUP = "cid.wi.aks.azure.com"
"""API group of the right, whose resource is the client id of the identity."""
VERB = "use-managed-identity"
_RBAC = "rbac.authorization.k8s.io"


def make_identity_binding(
    parent: pulumi.ComponentResource,
    name: str,
    *,
    cluster: Cluster,
    cluster_id: str,
    binding_name: str,
    identity_id: Input[str],
    client_id: Input[str],
    accounts: Sequence[ServiceAccount],
    depends_on: Sequence[pulumi.Resource],
) -> list[pulumi.Resource]:
    """The binding, and the ClusterRole and ClusterRoleBinding without which no ServiceAccount may use it."""
    from pulumi_kubernetes import meta, rbac

    binding = containerservice.IdentityBinding(
        f"{name}-identity-binding",
        resource_group_name=ArmId.parse(cluster_id).resource_group,
        resource_name_=cluster.name,
        identity_binding_name=binding_name,
        properties=containerservice.IdentityBindingPropertiesArgs(
            managed_identity=containerservice.IdentityBindingManagedIdentityProfileArgs(
                resource_id=identity_id
            )
        ),
        # A resource of the cluster, which may be in another subscription than the identity.
        opts=ResourceOptions(parent=cluster, depends_on=depends_on, aliases=[ROOT_ALIAS]),
    )
    in_cluster = ResourceOptions(parent=parent, provider=cluster.provider, deleted_with=cluster.delete_with)
    role = rbac.v1.ClusterRole(
        f"{name}-use-identity",
        metadata=meta.v1.ObjectMetaArgs(name=f"use-identity-{binding_name}"),
        rules=[rbac.v1.PolicyRuleArgs(api_groups=[GROUP], resources=[client_id], verbs=[VERB])],
        opts=in_cluster,
    )
    role_binding = rbac.v1.ClusterRoleBinding(
        f"{name}-use-identity",
        metadata=meta.v1.ObjectMetaArgs(name=f"use-identity-{binding_name}"),
        role_ref=rbac.v1.RoleRefArgs(
            api_group=_RBAC, kind="ClusterRole", name=f"use-identity-{binding_name}"
        ),
        subjects=[
            rbac.v1.SubjectArgs(kind="ServiceAccount", name=account.name, namespace=account.namespace)
            for account in accounts
        ],
        opts=ResourceOptions.merge(in_cluster, ResourceOptions(depends_on=[role])),
    )
    return [binding, role, role_binding]
