"""The Kubernetes objects by which the Pulumi Kubernetes Operator deploys stacks.

Fields are those of https://github.com/pulumi/pulumi-kubernetes-operator/blob/v2.9.0/docs/stacks.md. No object
holds a secret: stack files hold theirs encrypted, and the pods sign in with tokens of their ServiceAccount.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib.metadata import version
from typing import Any, Final

from operations.operator.deployment import Deployment
from operations.operator.stack_files import DeployedStack, object_name

Manifest = dict[str, Any]
STACK_KIND: Final = ("pulumi.com/v1", "Stack")
_FRESH: Final = 600
"""Seconds. A platform counts as up to date for half the time between two updates, at least for this long: the
pod of a team's stack has to start and install its packages while it does.
"""


def manifests(deployment: Deployment, stacks: Sequence[DeployedStack]) -> dict[str, list[Manifest]]:
    """Path → the objects of the file."""
    files = {f"stacks/{stack.object_name}.yaml": _of_stack(deployment, stack) for stack in stacks}
    shared = [_namespace(deployment), _token_review(deployment, stacks), _network_policy(deployment)]
    kustomization: Manifest = {
        "apiVersion": "kustomize.config.k8s.io/v1beta1",
        "kind": "Kustomization",
        "resources": ["namespace.yaml", *files],
    }
    return {"kustomization.yaml": [kustomization], "namespace.yaml": shared, **files}


def _namespace(deployment: Deployment) -> Manifest:
    labels = {"pod-security.kubernetes.io/enforce": "restricted"}
    return {
        "apiVersion": "v1",
        "kind": "Namespace",
        "metadata": {"name": deployment.namespace, "labels": labels},
    }


def _token_review(deployment: Deployment, stacks: Sequence[DeployedStack]) -> Manifest:
    """A workspace pod has the API server check who calls it, and needs this role for that:
    docs/migration.md of the operator, "Service Account".
    """
    role = "system:auth-delegator"
    return {
        "apiVersion": "rbac.authorization.k8s.io/v1",
        "kind": "ClusterRoleBinding",
        "metadata": {"name": f"{deployment.namespace}:workspaces:{role}"},
        "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": role},
        "subjects": [
            {"kind": "ServiceAccount", "name": stack.object_name, "namespace": deployment.namespace}
            for stack in stacks
        ],
    }


def _network_policy(deployment: Deployment) -> Manifest:
    """Only the operator calls a workspace pod: as operator/config/quickstart/network_policy.yaml there."""
    operator = {"kubernetes.io/metadata.name": deployment.operator_namespace}
    return {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "NetworkPolicy",
        "metadata": {"name": "workspaces", "namespace": deployment.namespace},
        "spec": {
            "podSelector": {"matchLabels": {"auto.pulumi.com/component": "workspace"}},
            "policyTypes": ["Ingress"],
            "ingress": [
                {
                    "from": [{"namespaceSelector": {"matchLabels": operator}}],
                    "ports": [{"protocol": "TCP", "port": "grpc"}],
                }
            ],
        },
    }


def _of_stack(deployment: Deployment, stack: DeployedStack) -> list[Manifest]:
    metadata = {"name": stack.object_name, "namespace": deployment.namespace}
    identity = {"azure.workload.identity/client-id": deployment.identities.get(stack.name, "")}
    account = {
        "apiVersion": "v1",
        "kind": "ServiceAccount",
        "metadata": {**metadata, "annotations": identity},
    }
    api_version, kind = STACK_KIND
    spec = {
        "stack": stack.full_name,
        # a stack with a mistyped backend would be empty, and make everything a second time
        "useLocalStackOnly": True,
        **_source(deployment),
        "backend": deployment.backend,
        "secretsProvider": stack.secrets_provider,
        "serviceAccountName": stack.object_name,
        **_drift(deployment),
        **_order(deployment, stack),
        # what happens to resources in Azure is decided in the stack file, not by who deletes this object
        "destroyOnFinalize": False,
        # a pod that waits for the next update holds a token of the deployer
        "workspaceReclaimPolicy": "Delete",
        "workspaceTemplate": {"spec": _workspace(deployment, stack)},
    }
    return [account, {"apiVersion": api_version, "kind": kind, "metadata": metadata, "spec": spec}]


def _source(deployment: Deployment) -> Manifest:
    source: Manifest = {
        "projectRepo": deployment.repository,
        "branch": deployment.branch,
        "shallow": True,
    }
    if deployment.directory:
        source["repoDir"] = deployment.directory
    if deployment.git_token:
        source["gitAuth"] = {"accessToken": _secret(deployment.git_token)}
    if deployment.git_ssh_key:
        source["gitAuth"] = {"sshAuth": {"sshPrivateKey": _secret(deployment.git_ssh_key)}}
    return source


def _secret(reference: str) -> Manifest:
    name, _, key = reference.partition(":")
    return {"type": "Secret", "secret": {"name": name, "key": key}}


def _drift(deployment: Deployment) -> Manifest:
    """`pulumi up --refresh` at each new commit, and again after the time of a resync without one."""
    drift: Manifest = {
        "refresh": True,
        "continueResyncOnCommitMatch": True,
        "resyncFrequencySeconds": deployment.resync_seconds,
    }
    return {**drift, "preview": True} if deployment.preview else drift


def _order(deployment: Deployment, stack: DeployedStack) -> Manifest:
    """The platform first, and stacks whose outputs are copied.

    The bare requirement would be met by a success of any age, that of an older commit
    among them (isRequirementSatisfied in stack_controller.go).
    """
    if not stack.waits_for:
        return {}
    within = max(_FRESH, deployment.resync_seconds // 2)
    requirement = {"succeededWithinDuration": f"{within}s"}
    return {
        "prerequisites": [{"name": object_name(name), "requirement": requirement} for name in stack.waits_for]
    }


def _workspace(deployment: Deployment, stack: DeployedStack) -> Manifest:
    """The spec of the auto.pulumi.com/v1alpha1 Workspace, merged over what the operator makes itself."""
    environment: Mapping[str, str] = {
        # The SDK's chain reads the token's file again when the kubelet has renewed it; azure-native's own
        # OIDC reads it once. The webhook of workload identity sets AZURE_*.
        "ARM_USE_DEFAULT_AZURE_CREDENTIAL": "true",
        "ARM_SUBSCRIPTION_ID": stack.subscription,
        # not the identity of the node
        "AZURE_TOKEN_CREDENTIALS": "WorkloadIdentityCredential",
        "AAD_LOGIN_METHOD": "workloadidentity",
        "PULUMI_SKIP_UPDATE_CHECK": "true",
    }
    return {
        "image": deployment.image or f"pulumi/pulumi:{version('pulumi')}-nonroot",
        "securityProfile": "restricted",
        "env": [{"name": name, "value": value} for name, value in environment.items()],
        # the operator's default of 64Mi is less than the program alone takes
        "resources": {"requests": {"cpu": "500m", "memory": "2Gi"}},
        "podTemplate": {"metadata": {"labels": {"azure.workload.identity/use": "true"}}},
    }
