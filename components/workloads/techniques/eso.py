"""Technique eso: the External Secrets Operator reads the vault as the workload's ServiceAccount and writes Kubernetes Secrets.

https://external-secrets.io/latest/provider/azure-key-vault/
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import pulumi
from pulumi import CustomTimeouts, ResourceOptions
from pulumi_kubernetes import apiextensions, meta, rbac

from components.authorization.roles import ObjectType
from components.operators import Operator
from components.workloads.args import VaultObjects, WorkloadArgs
from components.workloads.base import Workload
from components.workloads.manifests import WAIT_SECONDS
from components.workloads.pod_requirements import Manifest, PodRequirements
from components.workloads.technique import TechniqueSpec
from components.workloads.techniques.eso_policies import Sync
from components.workloads.vault_objects import (
    SECRETS_VOLUME,
    TLS,
    Capability,
    SecretQuery,
    SecretRenaming,
    TemplatedSecret,
    VaultObject,
    env_from_secrets,
    files_from_secrets,
    qualified_name,
)

API_VERSION = "external-secrets.io/v1"
"""v1beta1 is served no more (external-secrets#4840)."""

_PREFIXES = {
    ObjectType.SECRET: "secret",
    ObjectType.KEY: "key",
    ObjectType.CERT: "cert",
    # A certificate with its private key is the secret of the same name.
    ObjectType.CERT_KEY_PAIR: "secret",
}


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
            Capability.RELOAD,
            Capability.MOUNT_PATH,
            Capability.COMPOSE,
            Capability.FIND,
            Capability.EXTERNAL_SECRETS,
        }
    ),
    operator=Operator.EXTERNAL_SECRETS,
    encodings=frozenset({"utf-8", "base64"}),
    uses_kubernetes_secrets=True,
    secret_suffix="external",
    # A changed ExternalSecret stays Ready (it has no observedGeneration), and with CreatedOnce it is never read again. A new one becomes
    # Ready only when its Secret exists, and pods that name the new Secret are new pods.
    secret_renaming=SecretRenaming.CONTENTS,
    reserved_env=frozenset(),
    reserved_volumes=frozenset({SECRETS_VOLUME}),
)


class EsoWorkload(Workload):
    """A workload that reads Secrets of Kubernetes, which an operator fills from the vault.

    Creates besides: a SecretStore per vault, one ExternalSecret per Kubernetes Secret, and where the operator may not yet take on the
    workload's ServiceAccount a Role and a RoleBinding.
    """

    spec = SPEC

    def _make_delivery(self, name: str, args: WorkloadArgs, /) -> PodRequirements:
        targets = _targets(args)
        rights = self._token_rights(name, args)
        stores = [self._store(name, args, part, rights) for part in args.by_vault]
        arriving = [*args.secrets, *args.templated_secrets]
        files = files_from_secrets(arriving)
        return PodRequirements(
            env=env_from_secrets(arriving),
            env_from=[{"secretRef": {"name": target.name}} for target in targets if target.env_from],
            volumes=files,
            volume_mounts=[
                {"name": volume["name"], "mountPath": args.mount_path, "readOnly": True} for volume in files
            ],
            reload={"secret.reloader.stakater.com/reload": ",".join(target.name for target in targets)},
            depends_on=[self._external_secret(name, args, target, stores) for target in targets],
        )

    def _token_rights(self, name: str, args: WorkloadArgs) -> list[pulumi.Resource]:
        """The operator asks for a token of this one ServiceAccount, and of no other.

        https://external-secrets.io/latest/guides/security-best-practices/ (rbac.serviceAccountTokenCreate of its chart)
        """
        if args.operator_account is None:
            return []
        role_name = f"{name}-external-secrets"
        metadata = meta.v1.ObjectMetaArgs(name=role_name, namespace=args.service_account.namespace)
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
        self, name: str, args: WorkloadArgs, part: VaultObjects, rights: Sequence[pulumi.Resource]
    ) -> apiextensions.CustomResource:
        spec = {
            "provider": {
                "azurekv": {
                    "authType": "WorkloadIdentity",  # ServicePrincipal if not given
                    "vaultUrl": part.vault.vault_uri,
                    # The tenant stands on the ServiceAccount. Here too, and the operator refuses: "multiple tenantID found".
                    "serviceAccountRef": {"name": args.service_account.name},
                }
            }
        }
        ready = [
            *args.identity.dependencies_for(args.service_account),
            *self._operator(args),
            self._account,
            *rights,
        ]
        return self._custom(
            f"{part.qualified(name)}-secret-store", "SecretStore", part.qualified(name), args, spec, ready
        )

    def _external_secret(
        self, name: str, args: WorkloadArgs, target: "_Target", stores: Sequence[pulumi.Resource]
    ) -> apiextensions.CustomResource:
        # What is looked for may be anything that the program writes.
        seeded = (
            args.secret_resources
            if not target.queries
            else [ready for part in args.by_vault for ready in part.vault.dependencies_for(None)]
        )
        ready = [*stores, *self._operator(args), *seeded]
        return self._custom(
            f"{name}/{target.name}",
            "ExternalSecret",
            target.name,
            args,
            target.spec(workload=name, sync=args.sync),
            ready,
        )

    @staticmethod
    def _operator(args: WorkloadArgs) -> list[pulumi.Resource]:
        return [args.operator] if args.operator else []

    def _custom(
        self,
        logical: str,
        kind: str,
        name: str,
        args: WorkloadArgs,
        spec: Manifest,
        depends_on: Iterable[pulumi.Resource],
    ) -> apiextensions.CustomResource:
        awaited = args.sync.await_ready and args.await_pods
        wait = f"{WAIT_SECONDS // 60}m"
        return apiextensions.CustomResource(
            logical,
            api_version=API_VERSION,
            kind=kind,
            metadata={
                "name": name,
                "namespace": args.service_account.namespace,
                # https://www.pulumi.com/registry/packages/kubernetes/#pulumicomwaitfor
                **({"annotations": {"pulumi.com/waitFor": "condition=Ready"}} if awaited else {}),
            },
            spec=spec,
            opts=ResourceOptions(
                parent=self,
                depends_on=[*args.namespace_dependencies, *depends_on],
                # As long as the pods: the operator reads with rights that take ten minutes to get about.
                custom_timeouts=CustomTimeouts(create=wait, update=wait),
            ),
        )


@dataclass
class _Target:
    """A Kubernetes Secret, and all that goes into it."""

    name: str
    type: str = "Opaque"
    objects: list[VaultObject] = field(default_factory=list[VaultObject])
    templated: list[TemplatedSecret] = field(default_factory=list[TemplatedSecret])
    queries: list[SecretQuery] = field(default_factory=list[SecretQuery])
    ingredients: list[VaultObject] = field(default_factory=list[VaultObject])
    """Objects of other Secrets, of which a composed value is made here."""

    @property
    def env_from(self) -> bool:
        return any(one.env_from for one in (*self.objects, *self.queries))

    def spec(self, *, workload: str, sync: Sync) -> Manifest:
        asked = [*self.objects, *self.ingredients, *self.queries]
        home = asked[0].vault if asked else None

        def elsewhere(vault: str | None) -> Manifest:
            return {"sourceRef": {"storeRef": _store_of(workload, vault)}} if vault != home else {}

        extracted = [one for one in (*self.objects, *self.ingredients) if one.extract]
        data = [
            {**_data(one), **elsewhere(one.vault)}
            for one in (*self.objects, *self.ingredients)
            if not one.extract
        ]
        every = [
            *({"extract": _remote(one), **elsewhere(one.vault)} for one in extracted),
            *({**_find(one), **elsewhere(one.vault)} for one in self.queries),
        ]
        template = self._template(open_ended=bool(every))
        return {
            "refreshInterval": sync.refresh_interval,
            "refreshPolicy": sync.refresh_policy.value,
            "secretStoreRef": _store_of(workload, home),
            "target": {
                "name": self.name,
                "creationPolicy": sync.creation_policy.value,
                "deletionPolicy": sync.deletion_policy.value,
                "template": template,
            },
            **({"data": data} if data else {}),
            **({"dataFrom": every} if every else {}),
        }

    def _template(self, *, open_ended: bool) -> Manifest:
        """What the operator would not do by itself: another type, and keys that are no object's value."""
        made = {key: text for one in self.objects if _is_tls(one) for key, text in _tls(one).items()}
        made |= {one.secret_key_ref.key: one.template for one in self.templated if one.secret_key_ref}
        # Never left out: without one the operator copies the ExternalSecret's annotations to the Secret, what Pulumi waits for among them.
        template: Manifest = {"engineVersion": "v2", **({"type": self.type} if self.type != "Opaque" else {})}
        if made:
            # A template leaves out what it does not name. Keys that nobody knows beforehand have to stay, and with them the ingredients.
            plain = (
                {}
                if open_ended
                else {_key(one): _value(_key(one)) for one in self.objects if not _is_tls(one)}
            )
            template |= {"mergePolicy": "Merge" if open_ended else "Replace", "data": plain | made}
        return template


def _store_of(workload: str, vault: str | None) -> Manifest:
    return {"kind": "SecretStore", "name": qualified_name(workload, vault)}


def _targets(args: WorkloadArgs) -> list[_Target]:
    """The Kubernetes Secrets, each once, in the order of the list."""
    found: dict[str, _Target] = {}
    for one in (*args.secrets, *args.templated_secrets):
        if one.secret_key_ref is None:
            continue
        target = found.setdefault(
            one.secret_key_ref.secret, _Target(one.secret_key_ref.secret, one.secret_key_ref.type)
        )
        if isinstance(one, VaultObject):
            target.objects.append(one)
        else:
            target.templated.append(one)
    for sought in args.secret_queries:
        found.setdefault(sought.secret, _Target(sought.secret)).queries.append(sought)
    for target in found.values():
        own = {_key(one) for one in target.objects}
        target.ingredients = [
            one for one in args.secrets if _key(one) not in own and _is_named(one, target.templated)
        ]
    return list(found.values())


def _is_named(one: VaultObject, composed: Iterable[TemplatedSecret]) -> bool:
    return any(value.fields is None or one.extract or _key(one) in value.fields for value in composed)


def _key(one: VaultObject) -> str:
    return one.secret_key_ref.key if one.secret_key_ref else one.name


def _data(one: VaultObject) -> Manifest:
    return {"secretKey": _key(one), "remoteRef": _remote(one)}


def _remote(one: VaultObject) -> Manifest:
    said: dict[str, Any] = {
        "key": f"{_PREFIXES[one.type]}/{one.name}",
        "property": one.property,
        "version": one.version,
        "decodingStrategy": "Base64" if one.encoding == "base64" else None,
    }
    return {key: value for key, value in said.items() if value is not None}


def _find(query: SecretQuery) -> Manifest:
    name = {"name": {"regexp": query.regexp}} if query.regexp else {}
    return {"find": {**name, **({"tags": dict(query.tags)} if query.tags else {})}}


def _value(key: str) -> str:
    """`{{ .db-password }}` is "bad character U+002D": a field has no hyphen in Go."""
    return f"{{{{ index . {json.dumps(key)} }}}}"


def _is_tls(one: VaultObject) -> bool:
    return one.secret_key_ref is not None and one.secret_key_ref.type == TLS


def _tls(one: VaultObject) -> dict[str, str]:
    """Key Vault serves a certificate with its key as PEM, or as PKCS #12 in base64: whichever its policy says.

    https://learn.microsoft.com/azure/key-vault/certificates/about-certificates#exportable-or-nonexportable-key
    """
    value = f"(index . {json.dumps(_key(one))})"

    def part(block: str, archive: str) -> str:
        pem, pkcs12 = f'{value} | filterPEM "{block}"', f"{value} | b64dec | {archive}"
        return f'{{{{ if contains "-----BEGIN" {value} }}}}{{{{ {pem} }}}}{{{{ else }}}}{{{{ {pkcs12} }}}}{{{{ end }}}}'

    return {"tls.crt": part("CERTIFICATE", "pkcs12cert"), "tls.key": part("PRIVATE KEY", "pkcs12key")}
