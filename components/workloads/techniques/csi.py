"""Technique csi: the Secrets Store CSI driver mounts vault objects as files, and syncs them to Kubernetes
Secrets for variables.

https://azure.github.io/secrets-store-csi-driver-provider-azure/docs/getting-started/usage/
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any, cast

from pulumi import Input, Output, ResourceOptions
from pulumi_kubernetes import apiextensions, core, meta

from components.operators import Operator
from components.workloads.args import VaultObjects, WorkloadArgs
from components.workloads.base import Workload
from components.workloads.pod import WorkloadKind
from components.workloads.pod_requirements import IDENTITY, Manifest, PodRequirements
from components.workloads.technique import TechniqueSpec
from components.workloads.techniques.csi_access_modes import (
    ACCESS_MODES,
    BINDING_LABEL,
    Access,
    make_binding,
    service_principal_secret,
)
from components.workloads.techniques.csi_objects import mounted_file, vault_parameters
from components.workloads.vault_objects import (
    SECRETS_VOLUME,
    Capability,
    VaultObject,
    env_from_secrets,
    files_from_secrets,
    kubernetes_secrets,
)

VOLUME = "secrets-store"
SECRETS_PATH = "/mnt/kubernetes-secrets"
"""Mount path of files from synced Secrets, besides the driver's own mount."""
CONTENTS = "aks-secrets/secret-provider-class"
"""Annotation of the pods with a hash of the SecretProviderClasses: changed classes create new pods."""

ROLLED_OUT = (WorkloadKind.DEPLOYMENT, WorkloadKind.STATEFUL_SET, WorkloadKind.DAEMON_SET)
"""Kinds whose old pods serve until the new ones are ready; with ``grants: external`` each template of theirs
has a SecretProviderClass of its own.
"""

SPEC = TechniqueSpec(
    description="files, and environment variables from a synced Secret",
    capabilities=frozenset(
        {
            Capability.ENV,
            Capability.FILE,
            Capability.KUBERNETES_SECRET,
            Capability.VERSION,
            Capability.VERSION_HISTORY,
            Capability.FORMAT,
            Capability.ENCODING,
            Capability.PERMISSION,
            Capability.RELOAD,
            Capability.MOUNT_PATH,
            Capability.SERVICE_PRINCIPAL,
            Capability.KEPT_SECRETS,
        }
    ),
    operator=Operator.CSI_DRIVER,
    access_modes=frozenset(Access),
    encodings=frozenset({"utf-8", "hex", "base64"}),
    # secrets-store-csi-driver#1288: neither a mount nor the rotation of a finished pod writes a Secret that
    # exists.
    secrets_follow_running_pods=True,
    secret_suffix="synced",
    # Up to 1.5 the driver adds no key to a Secret that exists (createK8sSecret in
    # controllers/secretproviderclasspodstatus_controller.go, v1.5.6): pods would wait forever.
    secret_per_value=True,
    reserved_env=frozenset(),
    reserved_volumes=frozenset({SECRETS_VOLUME}),
    reserved_mounts=frozenset({SECRETS_PATH}),
    volume_by_vault=VOLUME,
    secret_of_one_vault=True,
    # createK8sSecret in controllers/secretproviderclasspodstatus_controller.go sets …/managed.
    reserved_metadata=frozenset({"secrets-store.csi.k8s.io/", BINDING_LABEL}),
)


class CsiWorkload(Workload):
    """A workload whose pods mount vault objects as files.

    Also creates: one SecretProviderClass per vault. The driver creates the synced Secrets when the first pod
    mounts.
    """

    spec = SPEC

    def _make_delivery(self, name: str, args: WorkloadArgs, /) -> PodRequirements:
        mode = ACCESS_MODES[args.access]
        credentials = self._credentials(name, args) if mode.by_secret else None
        binding = (
            make_binding(self, name, args.object_metadata(name), args.identity, args.namespace_dependencies)
            if mode.by_binding
            else None
        )
        parts = args.by_vault
        specs = [_spec(args, part) for part in parts]
        classes = [
            self._provider_class(name, args, part, spec) for part, spec in zip(parts, specs, strict=True)
        ]
        names: list[Input[str]] = [
            cast("Any", class_).metadata.apply(_name_of) if _keeps_classes(args) else part.qualified(name)
            for part, class_ in zip(parts, classes, strict=True)
        ]
        files = files_from_secrets(args.secrets)
        return PodRequirements(
            env=env_from_secrets(args.secrets),
            volumes=[
                *(
                    _volume(name, part, class_name, by_secret=bool(credentials))
                    for part, class_name in zip(parts, names, strict=True)
                ),
                *files,
            ],
            # Mounted even if only variables are used: the driver syncs a Secret only while a pod mounts it.
            volume_mounts=[
                *(
                    {
                        "name": f"{VOLUME}{part.suffix}",
                        "mountPath": f"{args.mount_path}{part.suffix}",
                        "readOnly": True,
                    }
                    for part in parts
                ),
                *({"name": volume["name"], "mountPath": SECRETS_PATH, "readOnly": True} for volume in files),
            ],
            labels={BINDING_LABEL: name} if binding else {},
            # A pod reads a changed class only when it mounts, so its variables would keep old values.
            annotations={IDENTITY: args.identity.client_id, CONTENTS: _digest(args.access, specs)},
            reload=_reload(args, names),
            depends_on=[*classes, *(resource for resource in (credentials, binding) if resource)],
        )

    def _provider_class(
        self, name: str, args: WorkloadArgs, part: VaultObjects, spec: Manifest
    ) -> apiextensions.CustomResource:
        kept = _keeps_classes(args)
        return apiextensions.CustomResource(
            f"{part.qualified(name)}-secret-provider-class",
            api_version="secrets-store.csi.x-k8s.io/v1",
            kind="SecretProviderClass",
            # Without a name Pulumi gives a replacement another one.
            # https://www.pulumi.com/docs/iac/concepts/resources/names/#autonaming
            metadata=meta.v1.ObjectMetaArgs(**args.object_metadata(None if kept else part.qualified(name))),
            spec=spec,
            opts=ResourceOptions(
                parent=self,
                # The driver reads a changed class at its next poll, so the other way to sign in comes first.
                depends_on=[
                    *args.namespace_dependencies,
                    *args.operator_dependencies,
                    *args.identity.trust_of(args.service_account),
                ],
                replace_on_changes=["spec"] if kept else None,
                # A class that an earlier release has named keeps its name until it is replaced.
                ignore_changes=["metadata.name", "metadata.annotations"] if kept else None,
                retain_on_delete=kept or None,
            ),
        )

    def _credentials(self, name: str, args: WorkloadArgs) -> core.v1.Secret:
        """https://azure.github.io/secrets-store-csi-driver-provider-azure/docs/configurations/identity-access-modes/service-principal-mode/"""
        return core.v1.Secret(
            f"{name}-service-principal",
            metadata=meta.v1.ObjectMetaArgs(
                name=service_principal_secret(name),
                namespace=args.service_account.namespace,
                # The driver watches only Secrets with this label.
                **args.metadata.fields({"secrets-store.csi.k8s.io/used": "true"}),
            ),
            string_data={
                "clientid": args.identity.client_id,
                "clientsecret": Output.secret(args.client_secret or ""),
            },
            opts=ResourceOptions(parent=self, depends_on=args.namespace_dependencies),
        )


def _spec(args: WorkloadArgs, part: VaultObjects) -> Manifest:
    """Spec of the SecretProviderClass of one vault."""
    spec: Manifest = {"provider": "azure", "parameters": _parameters(args, part)}
    if synced := kubernetes_secrets(part.objects):
        spec["secretObjects"] = [
            {
                "secretName": secret.name,
                "type": secret.type,
                "data": _data(secret.objects),
                **args.metadata_of(secret.name).fields(),
            }
            for secret in synced
        ]
    return spec


def _data(objects: Sequence[VaultObject]) -> list[Manifest]:
    """The keys of a synced Secret. Several entries for one value fill its key once."""
    files: dict[str, str] = {}
    for vault_object in objects:
        for key in vault_object.secret_key_ref.keys if vault_object.secret_key_ref else ():
            files.setdefault(key, mounted_file(vault_object))
    return [{"objectName": file, "key": key} for key, file in files.items()]


def _keeps_classes(args: WorkloadArgs) -> bool:
    """Whether changed contents make another SecretProviderClass, and the old one stays.

    The provider mounts all objects of a class or none. A pod of the old template that is made anew while
    nothing has granted the new object yet could not mount a class that lists it, and nothing waits for the
    rollout.
    """
    return not args.await_pods and args.pod is not None and args.pod.kind in ROLLED_OUT


def _volume(name: str, part: VaultObjects, class_name: Input[str], *, by_secret: bool) -> Manifest:
    attributes = {"secretProviderClass": class_name}
    csi: Manifest = {"driver": "secrets-store.csi.k8s.io", "readOnly": True, "volumeAttributes": attributes}
    if by_secret:
        csi["nodePublishSecretRef"] = {"name": service_principal_secret(name)}
    return {"name": f"{VOLUME}{part.suffix}", "csi": csi}


def _parameters(args: WorkloadArgs, part: VaultObjects) -> dict[str, Any]:
    """Parameters of the Azure provider. All values are strings, since the CRD refuses booleans
    (map[string]string).
    """
    return {
        **ACCESS_MODES[args.access].parameters(args.identity),
        **vault_parameters(args.identity, part.vault, part.objects),
    }


def _digest(access: str, specs: Sequence[Manifest]) -> str:
    """Hash of the plain text of all classes, but for labels, which new pods would not change."""
    texts = [access]
    for spec in specs:
        synced = [
            {key: secret[key] for key in ("secretName", "type", "data")}
            for secret in spec.get("secretObjects", [])
        ]
        texts += [spec["parameters"]["objects"], json.dumps(synced, sort_keys=True)]
    return hashlib.sha256("\n".join(texts).encode()).hexdigest()[:16]


def _reload(args: WorkloadArgs, names: Sequence[Input[str]]) -> dict[str, Input[str]]:
    """Reloader watches synced Secrets directly: a pod that starts before the driver updates its Secret would
    keep the old value.
    """
    watched: dict[str, Input[str]] = {}
    if synced := [secret.name for secret in kubernetes_secrets(args.secrets)]:
        watched["secret.reloader.stakater.com/reload"] = ",".join(synced)
    if classes := [
        class_name
        for part, class_name in zip(args.by_vault, names, strict=True)
        if any(vault_object.secret_key_ref is None for vault_object in part.objects)
    ]:
        watched["secretproviderclass.reloader.stakater.com/reload"] = _joined(classes)
    return watched


def _joined(names: Sequence[Input[str]]) -> Input[str]:
    texts = [name for name in names if isinstance(name, str)]
    return ",".join(texts) if len(texts) == len(names) else Output.all(*names).apply(",".join)


def _name_of(metadata: Mapping[str, str]) -> str:
    return metadata.get("name", "")
