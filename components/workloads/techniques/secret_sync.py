"""Technique secret-sync: the Secrets Store Sync Controller reads the vault as the workload's ServiceAccount,
with the Azure provider of the CSI driver beside it, and writes Kubernetes Secrets. No pod mounts a class.

https://github.com/kubernetes-sigs/secrets-store-sync-controller
"""

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import replace

import pulumi
from pulumi import CustomTimeouts, Output, ResourceOptions
from pulumi_kubernetes import apiextensions

from components.operators import Operator
from components.workloads.args import WorkloadArgs
from components.workloads.base import Workload
from components.workloads.manifests import WAIT_SECONDS
from components.workloads.pod_requirements import Manifest, PodRequirements, read_kubernetes_secrets
from components.workloads.technique import SecretLimits, TechniqueSpec
from components.workloads.techniques.csi_access_modes import ACCESS_MODES, Access
from components.workloads.techniques.csi_objects import vault_parameters
from components.workloads.vault_objects import (
    SECRETS_VOLUME,
    Capability,
    KubernetesSecret,
    VaultObject,
    kubernetes_secrets,
)

CONTENTS = "aks-secrets/secret-syncs"
"""Annotation of the pods with a hash of what their Secrets are made of: changed contents create new pods."""

KEEP_SECRET = {"pulumi.com/deletionPropagationPolicy": "orphan"}
"""Annotation with which the deletion of a SecretSync leaves its Secret, which pods may still name: those of
another tool, and old pods of a rollout for which nothing waits.
https://www.pulumi.com/registry/packages/kubernetes/#pulumicomdeletionpropagationpolicy
"""

_METADATA_KEY = r"([A-Za-z0-9][-A-Za-z0-9_.]*[A-Za-z0-9])?(/[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?)?"
_LIMITS = SecretLimits(
    # targetKey and sourcePath in charts/secrets-store-sync-controller/crds of v0.0.4, written so that each
    # text matches in one way: RE2 reads the expression of the CRD in linear time, Python would not.
    key=re.compile(r"[A-Za-z0-9.]([-A-Za-z0-9]+([._][A-Za-z0-9]([-._]?[A-Za-z0-9])*)?)?(/[0-9]+)*"),
    # The same file, and templates/validate_{label,annotation}_format_secret_sync.yaml of the chart.
    label=re.compile(rf"(?=.{{1,62}}$){_METADATA_KEY}"),
    annotation=re.compile(rf"(?=.{{1,252}}$){_METADATA_KEY}"),
    value=re.compile(r"(?=.{0,62}$)(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?"),
    key_form=(
        "letters, digits and hyphens, with single full stops and underscores from the third character on"
    ),
    value_form=(
        "at most 62 letters, digits, hyphens, underscores and full stops, the first and the last no sign"
    ),
)

SPEC = TechniqueSpec(
    description="environment variables and files, from a Kubernetes Secret that a controller fills",
    capabilities=frozenset(
        {
            Capability.ENV,
            Capability.FILE,
            Capability.KUBERNETES_SECRET,
            Capability.VERSION,
            Capability.FORMAT,
            Capability.ENCODING,
            Capability.RELOAD,
            Capability.MOUNT_PATH,
        }
    ),
    operator=Operator.SYNC_CONTROLLER,
    # tokenRequestAudience of the chart, as components/operators/sync_controller.py sets it
    access_limitations={
        Access.IDENTITY_BINDING: (
            "the Sync Controller requests tokens for Entra, and none for the token proxy of AKS"
        )
    },
    encodings=frozenset({"utf-8", "hex", "base64"}),
    uses_kubernetes_secrets=True,
    secret_suffix="sync",
    # A SecretSync per value: the provider returns all objects of a class or none (Mount in
    # pkg/provider/provider.go of the Azure provider), so one that it may not read would stop the others.
    secret_per_value=True,
    secret_of_one_vault=True,
    secret_limits=_LIMITS,
    reserved_env=frozenset(),
    reserved_volumes=frozenset({SECRETS_VOLUME}),
    # ControllerLabelKey in internal/controller/secretsync_controller.go, v0.0.4
    reserved_metadata=frozenset({"secrets-store.sync.x-k8s.io", "secrets-store.sync.x-k8s.io/"}),
)


class SecretSyncWorkload(Workload):
    """A workload that reads Kubernetes Secrets, which the controller fills from the vault.

    Also creates: one SecretProviderClass and one SecretSync per Kubernetes Secret, each with its name.
    """

    spec = SPEC

    def _make_delivery(self, name: str, args: WorkloadArgs, /) -> PodRequirements:
        secrets = kubernetes_secrets(args.secrets)
        return replace(
            read_kubernetes_secrets(args.secrets, [secret.name for secret in secrets], args.mount_path),
            annotations={CONTENTS: _digest([[secret.name, _contents(secret)] for secret in secrets])},
            depends_on=[self._sync(name, args, secret) for secret in secrets],
        )

    def _sync(self, name: str, args: WorkloadArgs, secret: KubernetesSecret) -> apiextensions.CustomResource:
        spec: Manifest = {"provider": "azure", "parameters": _parameters(args, secret)}
        provider_class = apiextensions.CustomResource(
            f"{name}/{secret.name}-secret-provider-class",
            api_version="secrets-store.csi.x-k8s.io/v1",
            kind="SecretProviderClass",
            metadata=args.object_metadata(secret.name),
            spec=spec,
            opts=ResourceOptions(
                parent=self, depends_on=[*args.namespace_dependencies, *args.operator_dependencies]
            ),
        )
        wait = f"{WAIT_SECONDS // 60}m"
        return apiextensions.CustomResource(
            f"{name}/{secret.name}",
            api_version="secret-sync.x-k8s.io/v1alpha1",
            kind="SecretSync",
            # The Secret has the name of the SecretSync.
            metadata=args.object_metadata(secret.name, _annotations(args)),
            spec={
                "serviceAccountName": args.service_account.name,
                "secretProviderClassName": secret.name,
                "secretObject": {
                    "type": secret.type,
                    "data": _data(secret),
                    **args.metadata_of(secret.name).fields(),
                },
                # The controller watches no SecretProviderClass: a changed one would wait for the next poll
                # (SetupWithManager in internal/controller/secretsync_controller.go, v0.0.4).
                "forceSynchronization": Output.json_dumps(spec, sort_keys=True).apply(_digest),
            },
            opts=ResourceOptions(
                parent=self,
                depends_on=[
                    *args.namespace_dependencies,
                    *args.identity.dependencies_for(args.service_account),
                    *self._account,
                    *_of_vault(args, secret),
                    provider_class,
                ],
                custom_timeouts=CustomTimeouts(create=wait, update=wait),
            ),
        )


def _annotations(args: WorkloadArgs) -> Mapping[str, str]:
    # Set with the first Secret that is written; the types of the conditions differ between versions.
    # https://www.pulumi.com/registry/packages/kubernetes/#pulumicomwaitfor
    waited = {"pulumi.com/waitFor": "jsonpath={.status.syncHash}"} if args.await_pods else {}
    return {**waited, **(KEEP_SECRET if args.pod is None or not args.await_pods else {})}


def _of_vault(args: WorkloadArgs, secret: KubernetesSecret) -> list[pulumi.Resource]:
    """The objects that the program writes into the vault."""
    names = [vault_object.name for vault_object in secret.objects]
    return list(args.vault_of(secret.objects[0].vault).dependencies_for(names))


def _parameters(args: WorkloadArgs, secret: KubernetesSecret) -> Manifest:
    vault = args.vault_of(secret.objects[0].vault)
    return {
        **ACCESS_MODES[Access.WORKLOAD_IDENTITY].parameters(args.identity),
        **vault_parameters(args.identity, vault, [_read(vault_object) for vault_object in secret.objects]),
    }


def _read(vault_object: VaultObject) -> VaultObject:
    """The object as the provider reads it, under the key that it fills: one may be there in several forms."""
    return replace(vault_object, file=_source(vault_object))


def _source(vault_object: VaultObject) -> str:
    ref = vault_object.secret_key_ref
    return ref.key if ref else vault_object.name


def _data(secret: KubernetesSecret) -> list[Manifest]:
    """The keys of the Secret. A certificate with its private key fills both of a TLS Secret."""
    keys: dict[str, str] = {}
    for vault_object in secret.objects:
        for key in vault_object.secret_key_ref.keys if vault_object.secret_key_ref else ():
            keys.setdefault(key, _source(vault_object))
    return [{"sourcePath": source, "targetKey": key} for key, source in keys.items()]


def _contents(secret: KubernetesSecret) -> list[object]:
    """The sources of the Secret, in plain text."""
    fields = ("name", "vault", "type", "version", "format", "encoding")
    objects = [{field: getattr(item, field) for field in fields} for item in secret.objects]
    return [secret.type, _data(secret), objects]


def _digest(content: object) -> str:
    text = content if isinstance(content, str) else json.dumps(content, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:16]
