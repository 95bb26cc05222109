"""Technique akv2k8s: the controller of akv2k8s reads the vault as itself, and writes Kubernetes Secrets.

https://github.com/SparebankenVest/azure-key-vault-to-kubernetes
"""

from dataclasses import replace

from pulumi import CustomTimeouts, ResourceOptions
from pulumi_kubernetes import apiextensions

from components.authorization.roles import ObjectType
from components.operators import Operator
from components.workloads.args import WorkloadArgs
from components.workloads.base import Workload
from components.workloads.manifests import WAIT_SECONDS
from components.workloads.pod_requirements import Manifest, PodRequirements, read_kubernetes_secrets
from components.workloads.technique import TechniqueSpec
from components.workloads.vault_objects import (
    SECRETS_VOLUME,
    Capability,
    KubernetesSecret,
    VaultObject,
    kubernetes_secrets,
)

_OPAQUE = "Opaque"
_TYPES = {
    ObjectType.SECRET: "secret",
    ObjectType.CERT: "certificate",
}
_TRANSFORMS = {"base64": ["base64decode"]}

SPEC = TechniqueSpec(
    description="environment variables and files, from a Kubernetes Secret that akv2k8s fills",
    capabilities=frozenset(
        {
            Capability.ENV,
            Capability.FILE,
            Capability.KUBERNETES_SECRET,
            Capability.VERSION,
            Capability.ENCODING,
            Capability.RELOAD,
            Capability.MOUNT_PATH,
        }
    ),
    operator=Operator.AKV2K8S,
    operator_reads=True,
    # Of a key it writes the bare modulus, and nothing of an elliptic curve (GetKey in
    # pkg/azure/keyvault/client/service.go, 1.8.4). The chain of a certificate with its private key it leaves
    # unsorted (azure-key-vault-to-kubernetes#337), and it needs a right on the certificate besides.
    object_types=frozenset(_TYPES),
    encodings=frozenset({"utf-8", *_TRANSFORMS}),
    uses_kubernetes_secrets=True,
    secret_suffix="akv2k8s",
    secret_per_value=True,
    # Several of its objects may write one Secret, but by a cached copy of it and without its version, so that
    # one takes the key of another away until the next resync (createNewSecretFromExisting in
    # cmd/azure-keyvault-controller/controller/secret.go, 1.8.4).
    secret_of_one_object=True,
    secret_of_one_vault=True,
    # Of one object it makes both keys of a TLS Secret, by PKCS#12 alone, and both of basic-auth, by a colon
    # (HandleSecret in secret_handler.go).
    secret_types=frozenset({_OPAQUE, "kubernetes.io/dockerconfigjson", "kubernetes.io/ssh-auth"}),
    reserved_env=frozenset(),
    reserved_volumes=frozenset({SECRETS_VOLUME}),
)


class Akv2k8sWorkload(Workload):
    """A workload that reads Kubernetes Secrets, which the controller fills from the vault.

    Also creates: one AzureKeyVaultSecret per Kubernetes Secret, with its name.
    """

    spec = SPEC

    def _make_delivery(self, name: str, args: WorkloadArgs, /) -> PodRequirements:
        secrets = kubernetes_secrets(args.secrets)
        return replace(
            read_kubernetes_secrets(args.secrets, [secret.name for secret in secrets], args.mount_path),
            depends_on=[self._synced(name, args, secret) for secret in secrets],
        )

    def _synced(
        self, name: str, args: WorkloadArgs, secret: KubernetesSecret
    ) -> apiextensions.CustomResource:
        vault_object, wait = secret.objects[0], f"{WAIT_SECONDS // 60}m"
        vault = args.vault_of(vault_object.vault)
        return apiextensions.CustomResource(
            f"{name}/{secret.name}",
            api_version="spv.no/v2beta1",
            kind="AzureKeyVaultSecret",
            metadata={
                "name": secret.name,
                "namespace": args.service_account.namespace,
                # The controller copies them to the Secret.
                **args.metadata_of(secret.name).fields({}, _annotations(args)),
            },
            spec={
                "vault": {"name": vault.name, "object": _object(vault_object)},
                "output": _output(secret, vault_object),
            },
            opts=ResourceOptions(
                parent=self,
                depends_on=[
                    *args.namespace_dependencies,
                    *args.operator_dependencies,
                    *args.identity.dependencies_for(args.service_account),
                    *vault.dependencies_for([vault_object.name]),
                ],
                custom_timeouts=CustomTimeouts(create=wait, update=wait),
                # The controller empties the Secret of a deleted object, also of one whose dependents are
                # orphaned (deleteKubernetesSecretValues). Pods may still name it: those of another tool, and
                # old pods of a rollout for which nothing waits.
                retain_on_delete=args.pod is None or not args.await_pods,
            ),
        )


def _annotations(args: WorkloadArgs) -> dict[str, str]:
    # Set when the Secret has been written: https://www.pulumi.com/registry/packages/kubernetes/#pulumicomwaitfor
    return {"pulumi.com/waitFor": "jsonpath={.status.secretHash}"} if args.await_pods else {}


def _object(vault_object: VaultObject) -> Manifest:
    version = {"version": vault_object.version} if vault_object.version else {}
    return {"name": vault_object.name, "type": _TYPES[vault_object.type], **version}


def _output(secret: KubernetesSecret, vault_object: VaultObject) -> Manifest:
    """The Secret and its key. With the type Opaque a certificate would be read with its private key."""
    ref = vault_object.secret_key_ref
    transforms = _TRANSFORMS.get(vault_object.encoding or "")
    return {
        "secret": {
            "name": secret.name,
            **({"dataKey": ref.key} if ref else {}),
            **({"type": secret.type} if secret.type != _OPAQUE else {}),
        },
        **({"transform": transforms} if transforms else {}),
    }
