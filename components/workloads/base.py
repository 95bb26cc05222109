"""The part of a workload that is the same for every technique.

Owns: the annotated ServiceAccount that ties pods to the identity, the pod's owner, its Service, disruption
budget and autoscaler. Deliberately not here: namespace and identity, which workloads share
(stacks/builders/), and the objects of each technique (techniques/).
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, ClassVar, cast

import pulumi
from pulumi import Output, ResourceOptions
from pulumi_kubernetes import apps, batch, core, meta, policy

from components.workloads import manifests
from components.workloads.args import WorkloadArgs
from components.workloads.ingress import make_ingress
from components.workloads.network_policy import Egress, egress_rules, ingress_rules
from components.workloads.pod import Autoscaler, Pod, ServiceType, WorkloadKind
from components.workloads.pod_requirements import (
    VAULT_URL,
    Manifest,
    PodRequirements,
    pod_patch,
    signs_in,
)
from components.workloads.pod_template import labels
from components.workloads.technique import TechniqueSpec
from components.workloads.techniques.csi_access_modes import Access
from components.workloads.vault_objects import env_suffix

_OWNERS: dict[WorkloadKind, Callable[[], Callable[..., pulumi.CustomResource]]] = {
    # Functions, since the SDK imports `apps` and `batch` when they are used.
    WorkloadKind.DEPLOYMENT: lambda: apps.v1.Deployment,
    WorkloadKind.STATEFUL_SET: lambda: apps.v1.StatefulSet,
    WorkloadKind.DAEMON_SET: lambda: apps.v1.DaemonSet,
    WorkloadKind.CRON_JOB: lambda: batch.v1.CronJob,
    WorkloadKind.JOB: lambda: batch.v1.Job,
    WorkloadKind.POD: lambda: core.v1.Pod,
}
_SPREAD = (WorkloadKind.DEPLOYMENT, WorkloadKind.STATEFUL_SET)


class Workload(pulumi.ComponentResource):
    """The Kubernetes objects of a workload. Each technique has a subclass, its bundle, which adds objects.

    All techniques share one type token: a URN contains the parent's type, so a token per technique would
    replace everything when the technique changes.

    Creates: ServiceAccount (or ServiceAccountPatch, or neither), the pod's owner, a PodDisruptionBudget if
    there may be several pods; if configured a Service, an Ingress, a HorizontalPodAutoscaler and a
    NetworkPolicy.
    """

    spec: ClassVar[TechniqueSpec]
    """The traits of the bundle's technique."""

    service_account_name: Output[str]
    address: Output[str]
    """DNS name of the Service in the cluster, or the load balancer's address; empty without a Service."""

    service_account_annotations: Manifest
    """Annotations that the webhook and the operators look for on the ServiceAccount."""

    pod_patch: Manifest
    """The technique's part of a pod template, for pods that are deployed elsewhere."""

    def __init__(self, name: str, args: WorkloadArgs, opts: ResourceOptions | None = None) -> None:
        self.service_account_annotations = {**args.service_account_annotations, **self._identity_of(args)}
        super().__init__("aks-secrets:index:Workload", name, self._inputs(args), opts)
        self._account: list[pulumi.Resource] = []
        """Empty: it belongs to another tool."""
        self.service_account_name = Output.from_input(args.service_account.name)
        if args.annotate_service_account:
            account = self._make_account(name, args)
            self._account.append(account)
            self.service_account_name = account.metadata.apply(lambda metadata: metadata.name or "")
        self.pushed: dict[tuple[str | None, str], pulumi.Resource] = {}
        """Resources that write secrets into vaults, by vault and lower-case name."""
        requirements = self._make_delivery(name, args)
        if args.used_vaults:
            requirements = signs_in(
                requirements,
                args.identity.client_id,
                {
                    f"{VAULT_URL}{env_suffix(label)}": args.vault_of(label).vault_uri
                    for label in args.used_vaults
                },
                is_bound=args.access is Access.IDENTITY_BINDING,
            )
        # The NetworkPolicy selects pods by the label; the program's own have it in any namespace.
        selected = labels(name) if args.isolated else {}
        self.pod_patch = pod_patch(
            name,
            args.service_account,
            replace(
                requirements,
                labels={**args.metadata.labels, **selected, **requirements.labels},
                annotations={**args.metadata.annotations, **requirements.annotations},
            ),
        )
        self.address = Output.from_input("")
        self._owner: pulumi.Resource | None = None
        if args.isolated:
            self._make_network_policy(name, args)
        if args.pod:
            self._make_pod_owner(name, args, args.pod, requirements)
        self.register_outputs({"service_account_name": self.service_account_name, "address": self.address})

    @classmethod
    def make_shared(
        cls, workloads: Mapping[str, WorkloadArgs], opts: ResourceOptions, /
    ) -> Mapping[str, Mapping[str, pulumi.Resource]]:
        """Create what several workloads of the technique share, before the first of them.

        By workload, then by name: ``WorkloadArgs.shared``. Empty: each has its own objects.
        """
        del workloads, opts
        return {}

    @property
    def pod_owner(self) -> list[pulumi.Resource]:
        """The pods' owner. Empty: the pods are deployed elsewhere."""
        return [self._owner] if self._owner else []

    def _inputs(self, args: WorkloadArgs) -> dict[str, Any] | None:
        """The ServiceAccount of another tool, as that tool has to annotate it: no resource of the stack tells
        it (trust/collecting.py). None: the workload has a ServiceAccount of its own.
        """
        if args.annotate_service_account:
            return None
        account = {"namespace": args.service_account.namespace, "name": args.service_account.name}
        return {"serviceAccount": {"metadata": {**account, "annotations": self.service_account_annotations}}}

    def _identity_of(self, args: WorkloadArgs) -> dict[str, pulumi.Input[str]]:
        """The annotations that name the identity. The tenant too: ESO refuses a ServiceAccount without it."""
        if self.spec.operator_reads or not args.identity.federated:
            return {}
        return {
            "azure.workload.identity/client-id": args.identity.client_id,
            "azure.workload.identity/tenant-id": args.identity.tenant_id,
        }

    def _make_delivery(self, name: str, args: WorkloadArgs, /) -> PodRequirements:
        """Create the technique's objects, and return the additions to the pod. Every bundle has to implement
        it.
        """
        raise NotImplementedError

    def _make_account(
        self, name: str, args: WorkloadArgs
    ) -> core.v1.ServiceAccount | core.v1.ServiceAccountPatch:
        annotations = self.service_account_annotations
        if args.existing_service_account:
            metadata: dict[str, Any] = {
                "name": args.service_account.name,
                "namespace": args.service_account.namespace,
                **({"annotations": annotations} if annotations else {}),
            }
            depends_on = args.namespace_dependencies
            if args.namespace is None:
                # Read first, because the patch of a missing ServiceAccount would create it
                # (pulumi-kubernetes#2194).
                account_id, child = (
                    f"{args.service_account.namespace}/{args.service_account.name}",
                    ResourceOptions(parent=self),
                )
                depends_on = [core.v1.ServiceAccount.get(f"{name}-existing-account", account_id, child)]
            opts = ResourceOptions(parent=self, depends_on=depends_on)
            return core.v1.ServiceAccountPatch(
                f"{name}-service-account", metadata=meta.v1.ObjectMetaPatchArgs(**metadata), opts=opts
            )
        return core.v1.ServiceAccount(
            f"{name}-service-account",
            metadata=meta.v1.ObjectMetaArgs(**args.object_metadata(args.service_account.name, annotations)),
            # The token for Entra is projected separately, and no pod needs the token for the Kubernetes API.
            automount_service_account_token=False,
            opts=ResourceOptions(parent=self, depends_on=args.namespace_dependencies),
        )

    def _make_network_policy(self, name: str, args: WorkloadArgs) -> None:
        """The NetworkPolicy of the workload's pods. It selects pods by the name label, also those that are
        deployed elsewhere.
        """
        from pulumi_kubernetes import networking

        port, served = (args.pod.port, args.pod.service is not None) if args.pod else (None, False)
        spec: Manifest = {
            "podSelector": {"matchLabels": labels(name)},
            "policyTypes": ["Ingress", "Egress"],
            "ingress": ingress_rules(port, served=served),
            "egress": egress_rules(
                [*self.spec.egress, *([Egress.AZURE] if args.used_vaults else [])],
                args.operator_namespace or self.spec.operator_namespace,
            ),
        }
        networking.v1.NetworkPolicy(
            f"{name}-network-policy",
            metadata=meta.v1.ObjectMetaArgs(**args.object_metadata(name)),
            spec=cast("networking.v1.NetworkPolicySpecArgsDict", spec),
            opts=ResourceOptions(parent=self, depends_on=args.namespace_dependencies),
        )

    def _make_pod_owner(self, name: str, args: WorkloadArgs, pod: Pod, requirements: PodRequirements) -> None:
        """Create the pod's owner, after everything that the pod needs: a container that starts too early
        fails without a reason.
        """
        namespace = args.service_account.namespace
        ready = [
            *self._account,
            *args.identity.dependencies_for(args.service_account),
            *args.secret_resources,
            *requirements.depends_on,
            *args.pods_depend_on,
        ]
        wait = pulumi.CustomTimeouts(create=_WAIT, update=_WAIT)
        manifest = manifests.owner(
            name,
            args.service_account,
            pod,
            requirements,
            user_metadata=args.metadata,
            reload=args.reload,
            await_pods=args.await_pods,
        )
        owner = _OWNERS[pod.kind]()(
            f"{name}-{pod.kind.lower()}",
            **manifest,
            opts=ResourceOptions(
                parent=self,
                depends_on=ready,
                custom_timeouts=wait,
                # A Pod is nearly immutable, and the provider knows only some of its immutable fields
                # (forceNew in its diff.go). Labels and annotations can change, but webhook and driver read
                # them only when the pod is created.
                replace_on_changes=["spec", "metadata.labels", "metadata.annotations"]
                if pod.kind is WorkloadKind.POD
                else None,
                delete_before_replace=pod.kind is WorkloadKind.POD or None,
                ignore_changes=_AUTOSCALED_FIELDS if pod.autoscale else None,
            ),
        )
        self._owner = owner
        self._make_autoscaler(name, args, pod, owner)
        # Not after the pods: both select pods by labels, and a StatefulSet's pods find each other through the
        # Service. Pulumi waits for a Service until its pods are ready, so the time limit is the same.
        parallel = ResourceOptions(parent=self, depends_on=args.namespace_dependencies, custom_timeouts=wait)
        if pod.kind in _SPREAD and pod.several:
            policy.v1.PodDisruptionBudget(
                f"{name}-disruption-budget",
                **manifests.disruption_budget(name, namespace, args.metadata),
                opts=parallel,
            )
        if pod.service:
            service = core.v1.Service(
                f"{name}-service",
                **manifests.service(name, namespace, pod.service, args.metadata, await_pods=args.await_pods),
                opts=parallel,
            )
            make_ingress(self, name, args, pod.service, service)
            self.address = Output.from_input(f"{name}.{namespace}.svc.cluster.local")
            if pod.service.type is ServiceType.LOAD_BALANCER:
                self.address = service.status.apply(_load_balancer)

    def _make_autoscaler(self, name: str, args: WorkloadArgs, pod: Pod, owner: pulumi.Resource) -> None:
        if pod.autoscale is None or pod.autoscale.by is not Autoscaler.HPA:
            return
        from pulumi_kubernetes import autoscaling

        # After the owner: scaling during Pulumi's apply would make the apply fail.
        autoscaling.v2.HorizontalPodAutoscaler(
            f"{name}-autoscaler",
            **manifests.autoscaler(name, args.service_account.namespace, pod, pod.autoscale, args.metadata),
            opts=ResourceOptions(parent=self, depends_on=[owner]),
        )


_AUTOSCALED_FIELDS = ["spec.replicas"]
"""The autoscaler owns the field once it has scaled, and an apply with another number fails
(pulumi-kubernetes#2491). With ignore_changes the provider sends the current value while it owns the field,
and omits the field afterwards; removing the field from the manifest instead would reset it to 1.
pulumi-kubernetes#2566; handleSSAIgnoreFields in provider/pkg/await/await.go;
https://kubernetes.io/docs/reference/using-api/server-side-apply/#transferring-ownership
"""
_WAIT = f"{manifests.WAIT_SECONDS // 60}m"


def _load_balancer(status: core.v1.outputs.ServiceStatus | None) -> str:
    """The address that Azure assigned; Pulumi waits for it."""
    balancer = status.load_balancer if status else None
    addresses = [entry.ip for entry in (balancer.ingress or [])] if balancer else []
    return (addresses[0] if addresses else None) or ""
