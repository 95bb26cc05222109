"""Technique kubernetes-secret: a Kubernetes Secret that this program writes. The baseline that the other
techniques improve on.

Pulumi writes the value into the cluster, so the program has to know it: objects that exist only in the vault
are refused.
"""

from dataclasses import replace

from pulumi import Output, ResourceOptions
from pulumi_kubernetes import core, meta

from components.workloads.args import WorkloadArgs
from components.workloads.base import Workload
from components.workloads.pod_requirements import PodRequirements, read_kubernetes_secrets
from components.workloads.technique import TechniqueSpec
from components.workloads.techniques.csi_access_modes import Access
from components.workloads.vault_objects import (
    SECRETS_VOLUME,
    Capability,
    KubernetesSecret,
    kubernetes_secrets,
)

SPEC = TechniqueSpec(
    description="environment variables and files, from a Kubernetes Secret",
    capabilities=frozenset(
        {
            Capability.ENV,
            Capability.FILE,
            Capability.KUBERNETES_SECRET,
            Capability.RELOAD,
            Capability.MOUNT_PATH,
        }
    ),
    uses_kubernetes_secrets=True,
    access_limitations={
        Access.IDENTITY_BINDING: "the program writes the value, so nothing in the cluster reads the vault"
    },
    writes_values=True,
    reserved_env=frozenset(),
    reserved_volumes=frozenset({SECRETS_VOLUME}),
)


class KubernetesSecretWorkload(Workload):
    """A workload that reads Kubernetes Secrets.

    Also creates: one Secret per name.
    """

    spec = SPEC

    def _make_delivery(self, name: str, args: WorkloadArgs, /) -> PodRequirements:
        secrets = kubernetes_secrets(args.secrets)
        return replace(
            read_kubernetes_secrets(args.secrets, [secret.name for secret in secrets], args.mount_path),
            depends_on=[self._secret(name, args, secret) for secret in secrets],
        )

    def _secret(self, name: str, args: WorkloadArgs, secret: KubernetesSecret) -> core.v1.Secret:
        values = {
            vault_object.secret_key_ref.key: Output.secret(
                args.vault_of(vault_object.vault).value_of(vault_object.name)
            )
            for vault_object in secret.objects
            if vault_object.secret_key_ref
        }
        return core.v1.Secret(
            f"{name}/{secret.name}",
            metadata=meta.v1.ObjectMetaArgs(
                name=secret.name,
                namespace=args.service_account.namespace,
                **args.metadata_of(secret.name).fields(),
            ),
            type=secret.type,
            string_data=values,
            opts=ResourceOptions(parent=self, depends_on=args.namespace_dependencies),
        )
