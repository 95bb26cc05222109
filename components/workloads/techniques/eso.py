"""Technique eso: the External Secrets Operator reads the vault as the workload's ServiceAccount and writes
Kubernetes Secrets.

https://external-secrets.io/latest/provider/azure-key-vault/
"""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import Any

import pulumi
from pulumi import CustomTimeouts, ResourceOptions
from pulumi_kubernetes import apiextensions, meta, rbac

from components.operators import Operator
from components.workloads.args import VaultObjects, WorkloadArgs
from components.workloads.base import Workload
from components.workloads.manifests import WAIT_SECONDS
from components.workloads.pod_requirements import Manifest, PodRequirements, read_kubernetes_secrets
from components.workloads.secret_names import default_secret
from components.workloads.technique import TechniqueSpec
from components.workloads.techniques.csi_access_modes import Access
from components.workloads.techniques.eso_external_secret import TargetSecret, target_secrets
from components.workloads.techniques.eso_pushes import GENERATOR_API, PUSH_API, Push
from components.workloads.vault_objects import (
    SECRETS_VOLUME,
    Capability,
    qualified_name,
    suffix,
)

API_VERSION = "external-secrets.io/v1"
"""The operator no longer serves v1beta1 (external-secrets#4840)."""

CONTENTS = "aks-secrets/external-secrets"
"""Annotation of the pods with a hash of what their Secrets are made of, as far as a key does not tell it: the
name of a Secret stays when its contents change, so that alone would create no new pods.
"""

KEEP_SECRET = {"pulumi.com/deletionPropagationPolicy": "orphan"}
"""Annotation with which the deletion of an ExternalSecret leaves its Secret: pods that another tool deploys,
or old pods of a rollout for which nothing waits, may still name it.
https://www.pulumi.com/registry/packages/kubernetes/#pulumicomdeletionpropagationpolicy,
https://kubernetes.io/docs/concepts/architecture/garbage-collection/#orphaned-dependents
"""

SPEC = TechniqueSpec(
    description="environment variables and files, from a Kubernetes Secret that an operator fills",
    capabilities=frozenset(
        {
            Capability.ENV,
            Capability.FILE,
            Capability.KUBERNETES_SECRET,
            Capability.VERSION,
            Capability.ENCODING,
            Capability.PROPERTY,
            Capability.EXTRACT,
            Capability.ENV_FROM,
            Capability.REWRITE,
            Capability.VARIABLE_NAMES,
            Capability.RELOAD,
            Capability.MOUNT_PATH,
            Capability.COMPOSE,
            Capability.FIND,
            Capability.EXTERNAL_SECRETS,
            Capability.KEPT_SECRETS,
            Capability.PUSHES,
        }
    ),
    operator=Operator.EXTERNAL_SECRETS,
    # providers/v1/azure/keyvault of external-secrets v2.9.0, azidentity 1.13.0: neither has a token proxy.
    access_limitations={
        Access.IDENTITY_BINDING: (
            "External Secrets 2.9.0 sends the token to Entra, not to the token proxy of AKS"
        )
    },
    encodings=frozenset({"utf-8", "base64"}),
    uses_kubernetes_secrets=True,
    # A cert is the CER of the vault (providers/v1/azure/keyvault/keyvault.go of external-secrets).
    certificates_are_pem=False,
    secret_suffix="external",
    # An ExternalSecret per value: the operator writes a Secret only after it has read everything that goes
    # into it, so one value that it may not read would stop the others (GetProviderSecretData in
    # pkg/controllers/externalsecret/externalsecret_controller_secret.go, v2.9.0). A changed ExternalSecret
    # stays Ready, and with CreatedOnce it is not read again; a new one is read before it is Ready.
    secret_per_value=True,
    reserved_env=frozenset(),
    reserved_volumes=frozenset({SECRETS_VOLUME}),
    # LabelOwner, LabelManaged and AnnotationDataHash in apis/externalsecrets/v1/externalsecret_types.go
    reserved_metadata=frozenset({"reconcile.external-secrets.io/"}),
)


class EsoWorkload(Workload):
    """A workload that reads Kubernetes Secrets, which the operator fills from the vault.

    Also creates: one SecretStore per vault, one ExternalSecret per Kubernetes Secret, a PushSecret (and a
    Password) per secret that the operator writes, and a Role with its RoleBinding if the operator needs
    permission to request tokens of the workload's ServiceAccount.
    """

    spec = SPEC

    def _make_delivery(self, name: str, args: WorkloadArgs, /) -> PodRequirements:
        targets = target_secrets(args)
        permission = self._token_permission(name, args)
        stores = [self._store(name, args, part, permission) for part in args.by_vault]
        self.pushed = {push.object_key: self._push(name, args, push, stores) for push in args.pushes}
        values = [*args.secrets, *args.templated_secrets]
        return replace(
            read_kubernetes_secrets(values, [target.name for target in targets], args.mount_path),
            env_from=[{"secretRef": {"name": target.name}} for target in targets if target.env_from],
            annotations=_contents(name, args, targets),
            depends_on=[self._external_secret(name, args, target, stores) for target in targets],
        )

    def _token_permission(self, name: str, args: WorkloadArgs) -> list[pulumi.Resource]:
        """Permission for the operator to request tokens of this ServiceAccount only.

        https://external-secrets.io/latest/guides/security-best-practices/ (rbac.serviceAccountTokenCreate of
        its chart)
        """
        if args.operator_account is None:
            return []
        role_name = f"{name}-external-secrets"
        metadata = meta.v1.ObjectMetaArgs(**args.object_metadata(role_name))
        child = ResourceOptions(parent=self, depends_on=args.namespace_dependencies)
        role = rbac.v1.Role(
            f"{name}-token-role",
            metadata=metadata,
            rules=[
                rbac.v1.PolicyRuleArgs(
                    api_groups=[""],
                    resources=["serviceaccounts/token"],
                    resource_names=[args.service_account.name],
                    verbs=["create"],
                )
            ],
            opts=child,
        )
        binding = rbac.v1.RoleBinding(
            f"{name}-token-role-binding",
            metadata=metadata,
            role_ref=rbac.v1.RoleRefArgs(api_group="rbac.authorization.k8s.io", kind="Role", name=role_name),
            subjects=[
                rbac.v1.SubjectArgs(
                    kind="ServiceAccount",
                    name=args.operator_account.name,
                    namespace=args.operator_account.namespace,
                )
            ],
            opts=ResourceOptions(parent=self, depends_on=[*args.namespace_dependencies, role]),
        )
        return [role, binding]

    def _store(
        self, name: str, args: WorkloadArgs, part: VaultObjects, permission: Sequence[pulumi.Resource]
    ) -> apiextensions.CustomResource:
        spec = {
            "provider": {
                "azurekv": {
                    "authType": "WorkloadIdentity",  # the default is ServicePrincipal
                    "vaultUrl": part.vault.vault_uri,
                    # Without tenantId, which is on the ServiceAccount: given twice, the operator fails
                    # ("multiple tenantID found").
                    "serviceAccountRef": {"name": args.service_account.name},
                }
            }
        }
        depends_on = [
            *args.identity.dependencies_for(args.service_account),
            *args.operator_dependencies,
            *self._account,
            *permission,
        ]
        return self._custom_resource(
            f"{part.qualified(name)}-secret-store",
            "SecretStore",
            part.qualified(name),
            args,
            spec,
            depends_on,
        )

    def _external_secret(
        self, name: str, args: WorkloadArgs, target: TargetSecret, stores: Sequence[pulumi.Resource]
    ) -> apiextensions.CustomResource:
        # A query may match any secret that the program writes.
        secrets = (
            args.secret_resources
            if not target.queries
            else [resource for part in args.by_vault for resource in part.vault.dependencies_for(None)]
        )
        depends_on = [*stores, *args.operator_dependencies, *secrets]
        return self._custom_resource(
            f"{name}/{target.name}",
            "ExternalSecret",
            target.name,
            args,
            target.spec(workload=name, sync=args.sync),
            depends_on,
            KEEP_SECRET if args.pod is None or not args.await_pods else {},
        )

    def _push(
        self, name: str, args: WorkloadArgs, push: Push, stores: Sequence[pulumi.Resource]
    ) -> apiextensions.CustomResource:
        """The PushSecret of one secret: the operator stops at the first one of a PushSecret that fails
        (handlePushSecretDataForStore in pkg/controllers/pushsecret/pushsecret_controller.go, v2.9.0).
        """
        object_name = default_secret(f"{name}-push{suffix(push.vault)}", push.name.lower(), "Opaque")
        logical_name = f"{name}/{object_name}"
        depends_on = [*stores, *args.operator_dependencies]
        if push.generate:
            generator = apiextensions.CustomResource(
                f"{logical_name}-generator",
                api_version=GENERATOR_API,
                kind="Password",
                metadata=args.object_metadata(object_name),
                spec=push.generate.spec,
                opts=ResourceOptions(
                    parent=self, depends_on=[*args.namespace_dependencies, *args.operator_dependencies]
                ),
            )
            depends_on.append(generator)
        store = qualified_name(name, push.vault)
        spec = push.spec(object_name, store, args.sync.refresh_interval)
        # Another tool makes the Kubernetes Secret, maybe after this update.
        return self._custom_resource(
            logical_name,
            "PushSecret",
            object_name,
            args,
            spec,
            depends_on,
            api_version=PUSH_API,
            awaited=push.generate is not None,
        )

    def _custom_resource(
        self,
        logical_name: str,
        kind: str,
        name: str,
        args: WorkloadArgs,
        spec: Manifest,
        depends_on: Iterable[pulumi.Resource],
        annotations: Mapping[str, str] = MappingProxyType({}),
        *,
        api_version: str = "",
        awaited: bool = True,
    ) -> apiextensions.CustomResource:
        await_ready = awaited and args.sync.await_ready and args.await_pods
        # https://www.pulumi.com/registry/packages/kubernetes/#pulumicomwaitfor
        waited = {"pulumi.com/waitFor": "condition=Ready"} if await_ready else {}
        wait = f"{WAIT_SECONDS // 60}m"
        return apiextensions.CustomResource(
            logical_name,
            api_version=api_version or API_VERSION,
            kind=kind,
            metadata=args.object_metadata(name, {**waited, **annotations}),
            spec=spec,
            opts=ResourceOptions(
                parent=self,
                depends_on=[*args.namespace_dependencies, *depends_on],
                # The same time limit as for pods: role assignments take up to ten minutes to propagate.
                custom_timeouts=CustomTimeouts(create=wait, update=wait),
            ),
        )


def _contents(name: str, args: WorkloadArgs, targets: Sequence[TargetSecret]) -> Manifest:
    """The annotation of the pods. Empty: each Secret holds secrets under their own names."""
    parts: list[Any] = []
    for target in targets:
        spec = target.spec(workload=name, sync=args.sync)
        changeable = [
            entry
            for entry in spec.get("data", [])
            if entry
            != {"secretKey": entry["secretKey"], "remoteRef": {"key": f"secret/{entry['secretKey']}"}}
        ]
        templates = spec["target"]["template"].get("data", {})
        if changeable or templates or "dataFrom" in spec:
            parts.append([target.name, changeable, templates, spec.get("dataFrom", [])])
    digest = hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()[:16]
    return {CONTENTS: digest} if parts else {}
