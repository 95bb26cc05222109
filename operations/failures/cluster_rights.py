"""Rights in the cluster: the API server knows who asks, and does not let them do it."""

from __future__ import annotations

from typing import Final

from operations.failures.failure import Failure, Sign

FAILURES: Final = (
    Failure(
        id="forbidden-in-the-cluster",
        title="Forbidden in the cluster",
        symptom=(
            Sign(
                text=r"is forbidden: User \"[^\"\n]{1,200}\" cannot (?P<verb>[a-z]{2,20}) resource "
                r"\"(?!serviceaccounts/token)(?P<resource>[a-z/]{1,60})\""
            ),
            Sign(text=r"User does not have access to the resource in Azure"),
        ),
        example='deployments.apps "orders" is forbidden: User "8b0c5e3e-0000-4000-8000-00000000000d" cannot '
        'patch resource "deployments" in API group "apps" in the namespace "shop": User does not have '
        "access to the resource in Azure. Update role assignment to allow access.",
        cause="The user of the message has no right to {verb} {resource} there. "
        "Owner of the Azure resource gives no right inside the cluster.",
        proof="`kubectl auth can-i --list --namespace {namespace}` shows the rights.",
        next_step="let the owner of the cluster assign Azure Kubernetes Service RBAC Writer or Cluster "
        "Admin, or set `cluster.entra.grant_deployer: true` for the deployer, then wait some minutes",
        source="https://learn.microsoft.com/azure/aks/manage-azure-rbac",
    ),
    Failure(
        id="may-not-grant-rights",
        title="May not grant rights",
        symptom=(Sign(text=r"is attempting to grant RBAC permissions not currently held"),),
        example='roles.rbac.authorization.k8s.io "orders-external-secrets" is forbidden: user "8b0c5e3e-0000-'
        '4000-8000-00000000000d" (groups=["system:authenticated"]) is attempting to grant RBAC permissions '
        'not currently held: {APIGroups:[""], Resources:["serviceaccounts/token"], Verbs:["create"]}',
        cause="The deployer may write Roles and bindings there, but Kubernetes allows no principal to "
        "grant a right that it does not have itself, without the verb `escalate` for a Role and `bind` for "
        "a binding.",
        proof="`kubectl auth can-i escalate roles --namespace {namespace}` answers no; the message lists the "
        "rights.",
        next_step="let an admin of the cluster assign Azure Kubernetes Service RBAC Admin to the "
        "deployer, or without Azure RBAC bind it to a Role with these rights "
        "(docs/compositions.md#what-a-teams-deployer-needs)",
        source="https://kubernetes.io/docs/reference/access-authn-authz/rbac/#privilege-escalation-"
        "prevention-and-bootstrapping",
    ),
)
