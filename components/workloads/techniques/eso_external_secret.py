"""The spec of an ExternalSecret: one Kubernetes Secret with all values that go into it. Pure.

https://external-secrets.io/latest/api/externalsecret/, https://external-secrets.io/latest/guides/templating/
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from components.authorization.roles import ObjectType
from components.workloads.args import WorkloadArgs
from components.workloads.metadata import Metadata
from components.workloads.pod_requirements import Manifest
from components.workloads.techniques.eso_policies import Sync
from components.workloads.vault_objects import (
    TLS,
    SecretQuery,
    TemplatedSecret,
    VaultObject,
    each_once,
    qualified_name,
)

_PREFIXES = {
    ObjectType.SECRET: "secret",
    ObjectType.KEY: "key",
    ObjectType.CERT: "cert",
    # A certificate with its private key is the secret of the same name.
    ObjectType.CERT_KEY_PAIR: "secret",
}


@dataclass
class TargetSecret:
    """A Kubernetes Secret and the values that go into it."""

    name: str
    type: str = "Opaque"
    objects: list[VaultObject] = field(default_factory=list[VaultObject])
    templated: list[TemplatedSecret] = field(default_factory=list[TemplatedSecret])
    queries: list[SecretQuery] = field(default_factory=list[SecretQuery])
    ingredients: list[VaultObject] = field(default_factory=list[VaultObject])
    """Objects of other Secrets to which a template of this one refers."""
    metadata: Metadata = field(default_factory=Metadata)
    searched: list[SecretQuery] = field(default_factory=list[SecretQuery])
    """Queries of other Secrets to whose matches a template of this one may refer."""

    @property
    def env_from(self) -> bool:
        """Every key of the Secret becomes an environment variable."""
        return any(source.env_from for source in (*self.objects, *self.queries))

    def spec(self, *, workload: str, sync: Sync) -> Manifest:
        """Spec of the ExternalSecret that fills this Secret."""
        queries = [*self.queries, *self.searched]
        sources = [*self.objects, *self.ingredients, *queries]
        default_vault = sources[0].vault if sources else None

        def source_ref(vault: str | None) -> Manifest:
            return {"sourceRef": {"storeRef": _store_ref(workload, vault)}} if vault != default_vault else {}

        objects = [*self.objects, *self.ingredients]
        data = each_once(
            {**_data(vault_object), **source_ref(vault_object.vault)}
            for vault_object in objects
            if not vault_object.extract
        )
        data_from = each_once(
            [
                *(
                    {
                        "extract": _remote_ref(vault_object),
                        **_rewrite(vault_object),
                        **source_ref(vault_object.vault),
                    }
                    for vault_object in objects
                    if vault_object.extract
                ),
                *({**_find(query), **source_ref(query.vault)} for query in queries),
            ]
        )
        template = self._template()
        return {
            "refreshInterval": sync.refresh_interval,
            "refreshPolicy": sync.refresh_policy.value,
            "secretStoreRef": _store_ref(workload, default_vault),
            "target": {
                "name": self.name,
                "creationPolicy": sync.creation_policy.value,
                "deletionPolicy": sync.deletion_policy.value,
                "template": template,
            },
            **({"data": data} if data else {}),
            **({"dataFrom": data_from} if data_from else {}),
        }

    def _template(self) -> Manifest:
        """The template sets the Secret's type, and keys that are not the value of one object."""
        has_unknown_keys = bool(self.queries) or any(secret.extract for secret in self.objects)
        templates = {
            key: text
            for vault_object in self.objects
            if _is_tls(vault_object)
            for key, text in _tls(vault_object).items()
        }
        templates |= {
            value.secret_key_ref.key: value.template for value in self.templated if value.secret_key_ref
        }
        # Always set: without a template the operator copies the ExternalSecret's annotations to the Secret,
        # among them the one with which Pulumi waits.
        metadata = self.metadata.fields()
        if "annotations" in metadata:
            metadata["annotations"] = {key: _literal(text) for key, text in metadata["annotations"].items()}
        template: Manifest = {
            "engineVersion": "v2",
            **({"type": self.type} if self.type != "Opaque" else {}),
            **({"metadata": metadata} if metadata else {}),
        }
        if templates:
            # A template with Replace drops keys that it does not list, among them the ingredients. Keys of
            # the Secret that are unknown beforehand have to be merged, and with them the ingredients.
            plain = (
                {}
                if has_unknown_keys
                else {
                    _key(vault_object): _value(_key(vault_object))
                    for vault_object in self.objects
                    if not _is_tls(vault_object)
                }
            )
            merge_policy = "Merge" if has_unknown_keys else "Replace"
            template |= {"mergePolicy": merge_policy, "data": plain | templates}
        return template


def target_secrets(args: WorkloadArgs) -> list[TargetSecret]:
    """The Kubernetes Secrets of a workload, each once, in the order of the list."""
    targets: dict[str, TargetSecret] = {}
    for value in (*args.secrets, *args.templated_secrets):
        ref = value.secret_key_ref
        if ref is None:
            continue
        target = targets.setdefault(ref.secret, TargetSecret(ref.secret, ref.type))
        if isinstance(value, VaultObject):
            target.objects.append(value)
        else:
            target.templated.append(value)
    for query in args.secret_queries:
        targets.setdefault(query.secret, TargetSecret(query.secret)).queries.append(query)
    for target in targets.values():
        target.metadata = args.metadata_of(target.name)
        _add_ingredients(target, args)
    return list(targets.values())


def _add_ingredients(target: TargetSecret, args: WorkloadArgs) -> None:
    """Values that the templates of a Secret refer to and other Secrets hold."""
    own_keys = {_key(vault_object) for vault_object in target.objects}
    groups = {ref.group for value in target.templated if (ref := value.secret_key_ref)}
    ingredients: dict[str, VaultObject] = {}
    for vault_object in args.secrets:
        key, ref = _key(vault_object), vault_object.secret_key_ref
        if key in own_keys or not _is_used(vault_object, target.templated):
            continue
        # Of several objects with one key the template means the one that would be in its own Secret if a
        # group had one.
        if key not in ingredients or (ref and ref.group and ref.group in groups):
            ingredients[key] = vault_object
    target.ingredients = list(ingredients.values())
    known = {*own_keys, *ingredients}
    if any(value.fields is None or not value.fields <= known for value in target.templated):
        target.searched = [query for query in args.secret_queries if query not in target.queries]
    if not (target.objects or target.ingredients or target.queries or target.searched):
        # The operator makes no Secret of nothing (len(dataMap) == 0 in externalsecret_controller.go), so a
        # constant needs a value that it leaves out.
        target.ingredients = list(args.secrets[:1])
        target.searched = [] if args.secrets else list(args.secret_queries[:1])


def _store_ref(workload: str, vault: str | None) -> Manifest:
    return {"kind": "SecretStore", "name": qualified_name(workload, vault)}


def _is_used(vault_object: VaultObject, templated: Iterable[TemplatedSecret]) -> bool:
    return any(
        value.fields is None or vault_object.extract or _key(vault_object) in value.fields
        for value in templated
    )


def _key(vault_object: VaultObject) -> str:
    return vault_object.secret_key_ref.key if vault_object.secret_key_ref else vault_object.name


def _data(vault_object: VaultObject) -> Manifest:
    return {"secretKey": _key(vault_object), "remoteRef": _remote_ref(vault_object)}


def _remote_ref(vault_object: VaultObject) -> Manifest:
    fields: dict[str, Any] = {
        "key": f"{_PREFIXES[vault_object.type]}/{vault_object.name}",
        "property": vault_object.property,
        "version": vault_object.version,
        "decodingStrategy": "Base64" if vault_object.encoding == "base64" else None,
    }
    return {key: value for key, value in fields.items() if value is not None}


def _find(query: SecretQuery) -> Manifest:
    name = {"name": {"regexp": query.regexp}} if query.regexp else {}
    return {"find": {**name, **({"tags": dict(query.tags)} if query.tags else {})}, **_rewrite(query)}


_TO_VARIABLES = (
    {"regexp": {"source": "[^A-Za-z0-9_]", "target": "_"}},
    {"regexp": {"source": "^([0-9])", "target": "_$1"}},
    {"transform": {"template": "{{ .value | upper }}"}},
)


def _rewrite(source: VaultObject | SecretQuery) -> Manifest:
    """The changes of keys: https://external-secrets.io/latest/guides/datafrom-rewrite/"""
    steps: list[Manifest] = [
        {"regexp": {"source": rule.source, "target": rule.target}} for rule in source.rewrite
    ]
    if source.variable_names:
        steps += _TO_VARIABLES
    return {"rewrite": steps} if steps else {}


def _value(key: str) -> str:
    """A template that inserts the value. `{{ .db-password }}` fails with "bad character U+002D", since Go's
    fields contain no hyphen.
    """
    return f"{{{{ index . {json.dumps(key)} }}}}"


def _literal(text: str) -> str:
    """A template of a text: the operator renders annotations, too (ApplyTemplate in
    pkg/controllers/externalsecret/externalsecret_controller_template.go).
    """
    return text.replace("{{", '{{ "{{" }}')


def _is_tls(vault_object: VaultObject) -> bool:
    """Whether keys of a TLS Secret are parts of the object; other objects are such a part already."""
    ref = vault_object.secret_key_ref
    return ref is not None and ref.type == TLS and vault_object.type is ObjectType.CERT_KEY_PAIR


def _tls(vault_object: VaultObject) -> dict[str, str]:
    """Templates of the TLS keys that a certificate with its key fills.

    Key Vault serves a certificate with its key as PEM, or as PKCS #12 in base64, depending on the
    certificate's policy.
    https://learn.microsoft.com/azure/key-vault/certificates/about-certificates#exportable-or-nonexportable-key
    """
    value = f"(index . {json.dumps(_key(vault_object))})"

    def part(block: str, archive: str) -> str:
        pem, pkcs12 = f'{value} | filterPEM "{block}"', f"{value} | b64dec | {archive}"
        is_pem = f'contains "-----BEGIN" {value}'
        return f"{{{{ if {is_pem} }}}}{{{{ {pem} }}}}{{{{ else }}}}{{{{ {pkcs12} }}}}{{{{ end }}}}"

    parts = {"tls.crt": part("CERTIFICATE", "pkcs12cert"), "tls.key": part("PRIVATE KEY", "pkcs12key")}
    ref = vault_object.secret_key_ref
    return {key: parts[key] for key in ref.keys} if ref else {}
