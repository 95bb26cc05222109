"""Technique dapr: the application asks its sidecar for a secret, and the sidecar asks the vault with the identity of the pod.

https://docs.dapr.io/reference/components-reference/supported-secret-stores/azure-keyvault/
"""

import hashlib
import json
from collections.abc import Sequence
from typing import Any

import pulumi
import pulumi_kubernetes
from pulumi import ResourceOptions

from components.authorization.roles import ObjectType
from components.operators import Operator
from components.workloads.args import VaultObjects, WorkloadArgs
from components.workloads.base import Workload
from components.workloads.network_policy import Egress
from components.workloads.pod import WorkloadKind
from components.workloads.pod_requirements import (
    IDENTITY,
    INJECTED_ENV,
    INJECTED_VOLUME,
    USE_IDENTITY,
    Manifest,
    PodRequirements,
)
from components.workloads.technique import TechniqueSpec
from components.workloads.techniques.dapr_app import DaprApp
from components.workloads.vault_objects import Capability

API_VERSION = "dapr.io/v1alpha1"
CONTENTS = "aks-secrets/dapr-configuration"
"""Annotation of the pods: a sidecar reads its Configuration when it starts."""
BUILT_IN_STORE = "kubernetes"
"""Every sidecar has this store besides: the Secrets of its namespace."""
HTTP_PORT, GRPC_PORT = 3500, 50001
SIDECAR_PORTS = frozenset({HTTP_PORT, 3501, GRPC_PORT, 50002, 9090})
"""API, public endpoint, gRPC, sidecars among themselves, metrics: pkg/injector/patcher/sidecar.go."""

_NATIVE = {"requests": "request", "limits": "limit"}

_UNSUPPORTED_KINDS = {
    # It has done its work when every container has ended (dapr#5006).
    WorkloadKind.JOB: "its pod would never end, since the sidecar does not",
    WorkloadKind.CRON_JOB: "its pods would never end, since the sidecar does not",
    # pkg/injector/service/handler.go (Azure/AKS#2348): with Entra nobody who runs `pulumi` is of system:masters.
    WorkloadKind.POD: "Dapr's injector passes over a pod that no controller makes",
}


class DaprResource(pulumi.CustomResource):
    """A custom resource with whatever stands beside ``spec``: the SDK's own class takes nothing there (pulumi-kubernetes#2363).

    A Component has ``scopes`` there, and without them every application of the namespace may load it.
    """

    def __init__(self, resource_name: str, kind: str, opts: ResourceOptions, **fields: Any) -> None:
        version = ResourceOptions(version=pulumi_kubernetes._utilities.get_version())  # pyright: ignore[reportPrivateUsage]
        properties = {"apiVersion": API_VERSION, "kind": kind, **fields}
        super().__init__(
            f"kubernetes:{API_VERSION}:{kind}",
            resource_name,
            properties,
            ResourceOptions.merge(version, opts),
        )


SPEC = TechniqueSpec(
    description="the application asks its Dapr sidecar",
    capabilities=frozenset({Capability.DAPR}),
    operator=Operator.DAPR,
    object_types=frozenset({ObjectType.SECRET, ObjectType.CERT_KEY_PAIR}),
    unsupported_kinds=_UNSUPPORTED_KINDS,
    # Dapr publishes sidecar images for Windows. But the API server refuses capabilities, seccomp profile and read-only root filesystem on a
    # pod whose spec.os is windows (validateWindows), and the injector always sets them (pkg/injector/patcher/sidecar_container.go).
    windows_limitation="Dapr's injector gives the sidecar a security context that Kubernetes refuses of a Windows pod",
    reserved_env=frozenset({"DAPR_HTTP_PORT", "DAPR_GRPC_PORT", "APP_PROTOCOL"}) | INJECTED_ENV,
    reserved_volumes=frozenset({INJECTED_VOLUME, "dapr-identity-token"}),
    reserved_ports=SIDECAR_PORTS,
    env_by_vault=frozenset({"DAPR_SECRET_STORE", "SECRET_NAME", "SECRET_NAMES"}),
    egress=frozenset({Egress.AZURE, Egress.DAPR}),
)


class DaprWorkload(Workload):
    """A workload whose application asks ``localhost`` for its secrets.

    Creates besides: a Component per vault (the secret store) and a Configuration (which secrets the application may have), which stands
    under the app id as well where that is another one.
    """

    spec = SPEC

    def _make_delivery(self, name: str, args: WorkloadArgs, /) -> PodRequirements:
        app = args.dapr or DaprApp(app_id=name, store=default_store(name))
        parts = args.by_vault
        scoping = _scoping(app, parts)
        opts = ResourceOptions(
            parent=self,
            depends_on=[*args.namespace_dependencies, *([args.operator] if args.operator else [])],
        )
        components = [
            DaprResource(
                f"{part.qualified(name)}-component",
                "Component",
                opts,
                metadata={"name": part.qualified(app.store), "namespace": args.service_account.namespace},
                spec={
                    "type": "secretstores.azure.keyvault",
                    "version": "v1",
                    "metadata": [
                        {"name": "vaultName", "value": part.vault.name.apply(str.lower)},
                        # Without it the sidecar tries one way after the other, the node's identity among them.
                        {"name": "azureAuthMethods", "value": "workloadidentity"},
                    ],
                },
                scopes=[app.app_id],
            )
            for part in parts
        ]
        configurations = [
            DaprResource(
                logical,
                "Configuration",
                opts,
                metadata={"name": called, "namespace": args.service_account.namespace},
                spec={"secrets": {"scopes": scoping}},
            )
            for logical, called in _configurations(name, app)
        ]
        return PodRequirements(
            env=[entry for part in parts for entry in _env(app, part)],
            labels={USE_IDENTITY: "true"},
            annotations={
                **_annotations(name, app, args),
                IDENTITY: args.identity.client_id,
                CONTENTS: _digest(app, scoping),
            },
            depends_on=[*components, *configurations],
        )


def default_store(workload: str) -> str:
    """The Component's name if nobody says another: two workloads of one namespace have two."""
    return f"{workload}-key-vault"


def _configurations(name: str, app: DaprApp) -> list[tuple[str, str]]:
    """Logical and physical names. The pods read the first; with the second no other workload of the namespace, of whatever stack, comes up
    under one app id.

    Dapr itself finds no two applications of one id: its operator hands the Service of that name to whichever it looked at last
    (patchDaprService in https://github.com/dapr/dapr/blob/v1.18.3/pkg/operator/handlers/dapr_handler.go).
    """
    own = [] if app.app_id == name else [(f"{name}-app-id", app.app_id)]
    return [(f"{name}-configuration", name), *own]


def _scoping(app: DaprApp, parts: Sequence[VaultObjects]) -> list[Manifest]:
    """Nothing but what is listed. https://docs.dapr.io/operations/configuration/secret-scope/"""
    scopes: list[Manifest] = []
    for part in parts:
        names = [wanted.name for wanted in part.objects]
        store: Manifest = {"storeName": part.qualified(app.store), "defaultAccess": "deny"}
        scopes.append({**store, **({"allowedSecrets": names} if names else {})})
    return [*scopes, {"storeName": BUILT_IN_STORE, "defaultAccess": "deny"}]


def _env(app: DaprApp, part: VaultObjects) -> list[Manifest]:
    names = [wanted.name for wanted in part.objects]
    env = [{"name": f"DAPR_SECRET_STORE{part.env_suffix}", "value": part.qualified(app.store)}]
    if names:
        env.append({"name": f"SECRET_NAMES{part.env_suffix}", "value": ",".join(names)})
    if len(names) == 1:
        env.append({"name": f"SECRET_NAME{part.env_suffix}", "value": names[0]})
    return env


def _annotations(name: str, app: DaprApp, args: WorkloadArgs) -> dict[str, str]:
    """https://docs.dapr.io/reference/arguments-annotations-overview/"""
    said = {
        "dapr.io/enabled": "true",
        "dapr.io/app-id": app.app_id,
        "dapr.io/config": name,
        "dapr.io/log-level": app.log_level.value,
        "dapr.io/disable-builtin-k8s-secret-store": "true",
        # What a namespace that enforces the restricted standard asks of every container; that the sidecar drops its capabilities only the
        # injector itself can say.
        "dapr.io/sidecar-seccomp-profile-type": "RuntimeDefault",
    }
    if args.pod and args.pod.port:
        said["dapr.io/app-port"] = str(args.pod.port)
    for which, word in _NATIVE.items():
        said |= {
            f"dapr.io/sidecar-{what}-{word}": amount for what, amount in app.resources.get(which, {}).items()
        }
    return said


def _digest(app: DaprApp, scoping: Sequence[Manifest]) -> str:
    return hashlib.sha256(json.dumps([app.store, *scoping], sort_keys=True).encode()).hexdigest()[:16]
