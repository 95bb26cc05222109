"""Technique dapr: the application requests a secret from its sidecar, and the sidecar reads the vault with
the identity of the pod.

https://docs.dapr.io/reference/components-reference/supported-secret-stores/azure-keyvault/
"""

import hashlib
import json
from collections.abc import Mapping, Sequence

import pulumi
from pulumi import ResourceOptions

from components.authorization.roles import ObjectType
from components.operators import Operator
from components.operators.dapr import NAMESPACE
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
from components.workloads.techniques.csi_access_modes import Access
from components.workloads.techniques.dapr_app import DaprApp
from components.workloads.techniques.dapr_store import DaprResource, make_store, shared_stores
from components.workloads.vault_objects import Capability

CONTENTS = "aks-secrets/dapr-configuration"
"""Annotation of the pods with a hash of the Configuration, which a sidecar reads only when it starts."""
BUILT_IN_STORE = "kubernetes"
"""Secret store that every sidecar also has: the Kubernetes Secrets of its namespace."""
HTTP_PORT, GRPC_PORT = 3500, 50001
SIDECAR_PORTS = frozenset({HTTP_PORT, 3501, GRPC_PORT, 50002, 9090})
"""API, public endpoint, gRPC, internal gRPC between sidecars, metrics: pkg/injector/patcher/sidecar.go."""

_RESOURCE_SUFFIXES = {"requests": "request", "limits": "limit"}

_UNSUPPORTED_KINDS = {
    # A Job completes when all containers have exited (dapr#5006).
    WorkloadKind.JOB: "its pod would never end, since the sidecar does not",
    WorkloadKind.CRON_JOB: "its pods would never end, since the sidecar does not",
    # pkg/injector/service/handler.go (Azure/AKS#2348): the injector accepts pods of controllers and of
    # system:masters only.
    WorkloadKind.POD: "Dapr's injector ignores a pod that no controller makes",
}


SPEC = TechniqueSpec(
    description="the application asks its Dapr sidecar",
    capabilities=frozenset({Capability.DAPR}),
    operator=Operator.DAPR,
    # components-contrib, common/authentication/azure/auth.go: NewWorkloadIdentityCredential(nil).
    access_limitations={
        Access.IDENTITY_BINDING: (
            "the sidecar of Dapr 1.18.3 sends its token to Entra, not to the token proxy of AKS"
        )
    },
    object_types=frozenset({ObjectType.SECRET, ObjectType.CERT_KEY_PAIR}),
    unsupported_kinds=_UNSUPPORTED_KINDS,
    # Dapr publishes sidecar images for Windows. But the API server refuses capabilities, seccomp profile and
    # read-only root filesystem on a pod whose spec.os is windows (validateWindows), and the injector always
    # sets them (pkg/injector/patcher/sidecar_container.go).
    windows_limitation=(
        "Dapr's injector gives the sidecar a security context that Kubernetes refuses for a Windows pod"
    ),
    reserved_env=frozenset({"DAPR_HTTP_PORT", "DAPR_GRPC_PORT", "APP_PROTOCOL"}) | INJECTED_ENV,
    reserved_volumes=frozenset({INJECTED_VOLUME, "dapr-identity-token"}),
    reserved_ports=SIDECAR_PORTS,
    reserved_metadata=frozenset({"dapr.io/"}),
    env_by_vault=frozenset({"DAPR_SECRET_STORE", "SECRET_NAME", "SECRET_NAMES"}),
    # The sidecar gets certificates and components from the control plane.
    egress=frozenset({Egress.AZURE, Egress.OPERATOR}),
    operator_namespace=NAMESPACE,
)


class DaprWorkload(Workload):
    """A workload whose application requests its secrets from ``localhost``.

    Also creates: one Component per vault (the secret store) unless workloads share it, and a Configuration
    (the secrets that the application may read), with a second copy named like the app id if that differs from
    the workload's name.
    """

    spec = SPEC

    @classmethod
    def make_shared(
        cls, workloads: Mapping[str, WorkloadArgs], opts: ResourceOptions
    ) -> Mapping[str, Mapping[str, pulumi.Resource]]:
        """The secret stores that several applications of a namespace name, each made once."""
        return shared_stores(
            {
                name: (args, args.dapr or DaprApp(app_id=name, store=default_store(name)))
                for name, args in workloads.items()
            },
            opts,
        )

    def _make_delivery(self, name: str, args: WorkloadArgs, /) -> PodRequirements:
        app = args.dapr or DaprApp(app_id=name, store=default_store(name))
        parts = args.by_vault
        scoping = _scoping(app, parts)
        opts = ResourceOptions(
            parent=self,
            depends_on=[*args.namespace_dependencies, *args.operator_dependencies],
        )
        components = [
            args.shared.get(store)
            or make_store(
                f"{part.qualified(name)}-component",
                opts,
                metadata=args.object_metadata(store),
                vault=part.vault,
                app_ids=[app.app_id],
                in_state=app.stores_in_state.get(store),
            )
            for part in parts
            for store in [part.qualified(app.store)]
        ]
        configurations = [
            DaprResource(
                logical,
                "Configuration",
                opts,
                metadata=args.object_metadata(physical),
                spec={"secrets": {"scopes": scoping}},
            )
            for logical, physical in _configurations(name, app)
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
    """Default name of the Component, unique within a namespace."""
    return f"{workload}-key-vault"


def _configurations(name: str, app: DaprApp) -> list[tuple[str, str]]:
    """Logical and physical names of the Configurations. The pods read the first. The second reserves the app
    id in the namespace, also against workloads of other stacks.

    Dapr does not detect two applications with one id: its operator gives the Service of that name to the one
    that it processed last (patchDaprService in
    https://github.com/dapr/dapr/blob/v1.18.3/pkg/operator/handlers/dapr_handler.go).
    """
    own = [] if app.app_id == name else [(f"{name}-app-id", app.app_id)]
    return [(f"{name}-configuration", name), *own]


def _scoping(app: DaprApp, parts: Sequence[VaultObjects]) -> list[Manifest]:
    """Secret scopes that allow only the listed secrets.
    https://docs.dapr.io/operations/configuration/secret-scope/
    """
    scopes: list[Manifest] = []
    for part in parts:
        names = [secret.name for secret in part.objects]
        store: Manifest = {"storeName": part.qualified(app.store), "defaultAccess": "deny"}
        scopes.append({**store, **({"allowedSecrets": names} if names else {})})
    return [*scopes, {"storeName": BUILT_IN_STORE, "defaultAccess": "deny"}]


def _env(app: DaprApp, part: VaultObjects) -> list[Manifest]:
    names = [secret.name for secret in part.objects]
    env = [{"name": f"DAPR_SECRET_STORE{part.env_suffix}", "value": part.qualified(app.store)}]
    if names:
        env.append({"name": f"SECRET_NAMES{part.env_suffix}", "value": ",".join(names)})
    if len(names) == 1:
        env.append({"name": f"SECRET_NAME{part.env_suffix}", "value": names[0]})
    return env


def _annotations(name: str, app: DaprApp, args: WorkloadArgs) -> dict[str, str]:
    """https://docs.dapr.io/reference/arguments-annotations-overview/"""
    annotations = {
        "dapr.io/enabled": "true",
        "dapr.io/app-id": app.app_id,
        "dapr.io/config": name,
        "dapr.io/log-level": app.log_level.value,
        "dapr.io/disable-builtin-k8s-secret-store": "true",
        # Required by a namespace with the restricted standard. Dropped capabilities, the other requirement,
        # are a setting of the injector.
        "dapr.io/sidecar-seccomp-profile-type": "RuntimeDefault",
    }
    if args.pod and args.pod.port:
        annotations["dapr.io/app-port"] = str(args.pod.port)
    for kind, suffix in _RESOURCE_SUFFIXES.items():
        annotations |= {
            f"dapr.io/sidecar-{resource}-{suffix}": quantity
            for resource, quantity in app.resources.get(kind, {}).items()
        }
    return annotations


def _digest(app: DaprApp, scoping: Sequence[Manifest]) -> str:
    return hashlib.sha256(json.dumps([app.store, *scoping], sort_keys=True).encode()).hexdigest()[:16]
