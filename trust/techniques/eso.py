"""Technique eso: the External Secrets Operator copies what an ExternalSecret lists into a Secret, and writes
what a PushSecret lists into a vault.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from trust.chain import Chain
from trust.durations import seconds
from trust.links import Link, State
from trust.nodes.delivery import ExternalSecret, SecretStore
from trust.nodes.fields import flag, known, listed, mapping, text
from trust.nodes.kubernetes import HelmRelease
from trust.nodes.pushes import PUSH_SECRETS, PushSecret
from trust.operators import EXTERNAL_SECRETS, release
from trust.readers import BY_OPERATOR, Reader, by_account, by_client_id, by_operator
from trust.requests import (
    Contents,
    DeliveredSecret,
    Delivery,
    Named,
    Part,
    Request,
    Served,
    SignIn,
    TokenRight,
    Unchanging,
)
from trust.values import UNKNOWN, Text
from trust.workloads import Workload

NAME: Final = "eso"
IS_FALLBACK: Final = False
OWN_NAMES: Final = ("-external.", "-external-")


def delivery(chain: Chain, workload: Workload) -> Delivery | None:
    """The objects of the ExternalSecrets whose Secrets the pods read, and of the workload's own ones; and the
    objects that its PushSecrets write, which the operator reads before.
    """
    secrets = list(_external_secrets(chain, workload))
    pushes = chain.own(PUSH_SECRETS.of(chain), workload)
    if not secrets and not pushes:
        return None
    requests: list[Request] = []
    readers: dict[str, Reader] = {}
    for secret, link in secrets:
        label = f"ExternalSecret {secret.namespace}/{secret.name}"
        for (kind, name), ask in secret.asks:
            store = _store(chain, secret, kind, name)
            state: State = "held" if store else "unknown" if name is UNKNOWN else "missing"
            through = Link("reads through", label, f"{kind} {name}", secret.node.urn, state)
            reader = _reader(chain, workload, store)
            readers[store.node.urn if store else ""] = reader
            vault = vault_of(chain, store) if store else UNKNOWN
            requests.append(Request(vault, ask.kind, ask.name, (link, through), reader, copied=True))
    for push in pushes:
        for kind, name in push.stores:
            store = _store(chain, push, kind, name)
            state = "held" if store else "unknown" if name is UNKNOWN else "missing"
            label = f"PushSecret {push.namespace}/{push.name}"
            through = Link("writes through", label, f"{kind} {name}", push.node.urn, state)
            reader = _reader(chain, workload, store)
            readers[store.node.urn if store else ""] = reader
            vault = vault_of(chain, store) if store else UNKNOWN
            requests += [
                Request(vault, ask.kind, ask.name, (through,), reader, copied=ask.copied)
                for ask in push.written
            ]
    return Delivery(NAME, tuple(requests), tuple(readers.values()))


def _external_secrets(chain: Chain, workload: Workload) -> Iterator[tuple[ExternalSecret, Link]]:
    used = {known(name) for pods in workload.pods for name, _ in pods.secret_keys}
    own = {secret.node.urn: secret for secret in chain.own(chain.external_secrets, workload)}
    near = {secret.node.urn: secret for secret in chain.near(chain.external_secrets, workload)}
    for urn, secret in {**own, **near}.items():
        is_used = urn in near and known(secret.target) in used
        if urn in own or is_used:
            state: State = "held" if is_used else "external" if not workload.pods else "held"
            what = "read" if is_used or not workload.pods else "may read"
            yield (
                secret,
                Link(what, f"pods of {workload.name}", f"Secret {secret.target}", secret.node.urn, state),
            )


def _store(chain: Chain, secret: ExternalSecret | PushSecret, kind: Text, name: Text) -> SecretStore | None:
    namespace = "" if kind == "ClusterSecretStore" else secret.namespace
    store = chain.find(chain.secret_stores, secret.node.provider, namespace, name)
    return store if store and store.kind == kind else None


def vault_of(chain: Chain, store: SecretStore) -> Text:
    """The vault of a store, by its URL; in a first preview by what the store waits for."""
    return chain.vault_at(store.provider.get("vaultUrl", ""), store.node)


def _reader(chain: Chain, workload: Workload, store: SecretStore | None) -> Reader:
    """https://external-secrets.io/latest/provider/azure-key-vault/#authentication"""
    if store is None:
        return Reader(None)
    if store.auth_type == "WorkloadIdentity":
        namespace, name = store.service_account
        if name == "":  # by the identity of the operator's own pods
            operator = release(chain, EXTERNAL_SECRETS, store.node.provider)
            account = mapping(operator.values.get("serviceAccount")) if operator else {}
            return by_operator(chain, workload, operator, key="external_secrets", account=account)
        account = next(
            (
                other
                for other in chain.workloads
                if other.provider == store.node.provider
                and (other.namespace, other.service_account_name) == (namespace, name)
            ),
            None,
        )
        # The store of another workload reads as that one's ServiceAccount.
        return by_account(chain, workload if _is_of(workload, namespace, name) else account or workload)
    return by_client_id(chain, workload, store.identity_id, BY_OPERATOR, store.node.urn)


def _is_of(workload: Workload, namespace: Text, name: Text) -> bool:
    return (workload.namespace, workload.service_account_name) == (namespace, name)


def secrets(chain: Chain) -> Iterator[DeliveredSecret]:
    """The targets of the ExternalSecrets, but for those that something else makes."""
    yield from (_target(external) for external in chain.external_secrets if _makes_target(external))


def awaited(chain: Chain) -> Iterator[DeliveredSecret]:
    """The targets that something else makes."""
    yield from (_target(external) for external in chain.external_secrets if not _makes_target(external))


def _makes_target(external: ExternalSecret) -> bool:
    """https://external-secrets.io/latest/guides/ownership-deletion-policy/"""
    return mapping(external.spec.get("target")).get("creationPolicy") != "None"


def _target(external: ExternalSecret) -> DeliveredSecret:
    template = mapping(mapping(external.spec.get("target")).get("template"))
    return DeliveredSecret(
        external.node.provider,
        external.namespace,
        external.target,
        _keys(external),
        external,
        str(template.get("type") or "Opaque"),
        mapping(mapping(template.get("metadata")).get("annotations")),
    )


def _keys(external: ExternalSecret) -> frozenset[str] | None:
    """Keys of the Secret: with mergePolicy Replace those of the template.

    https://external-secrets.io/latest/guides/templating/
    """
    spec = external.spec
    template = mapping(mapping(spec.get("target")).get("template"))
    templated = template.get("data")
    if templated is UNKNOWN or listed(template.get("templateFrom")):
        return None
    replaces = bool(templated) and template.get("mergePolicy", "Replace") == "Replace"
    if replaces:
        return frozenset(map(str, mapping(templated)))
    if spec.get("dataFrom") or spec.get("data") is UNKNOWN:
        return None
    return frozenset(
        [
            *(str(mapping(item).get("secretKey")) for item in listed(spec.get("data"))),
            *map(str, mapping(templated)),
        ]
    )


def contents(chain: Chain) -> Iterator[Contents]:
    """The vault objects in the targets of the ExternalSecrets."""
    for external in chain.external_secrets:
        keys: dict[str, tuple[Part, ...]] = {}
        for entry, part in _parts(chain, external):
            key = str(entry.get("secretKey") or "")
            keys[key] = (*(keys.get(key, ()) if not key else ()), part)
        template = mapping(mapping(external.spec.get("target")).get("template"))
        for key, value in mapping(template.get("data")).items():
            names = ["".join(match.groups("")) for match in _FIELD.finditer(str(value))]
            keys[key] = tuple(part for name in names for part in keys.get(name, ()))
        is_refreshed = (
            external.spec.get("refreshPolicy", "Periodic") == "Periodic"
            # An interval of 0 reads once: https://external-secrets.io/latest/api/externalsecret/
            and seconds(str(external.spec.get("refreshInterval", "1h"))) != 0
        )
        yield Contents(
            external.node.provider, external.namespace, external.target, keys, is_refreshed=is_refreshed
        )


_FIELD: Final = re.compile(r"""index \. ["`]([^"`]+)["`]|(?<![\w)])\.([A-Za-z_]\w*)""")
"""A value in a template: https://external-secrets.io/latest/guides/templating/"""


def _parts(chain: Chain, external: ExternalSecret) -> Iterator[tuple[Mapping[str, Any], Part]]:
    """Each entry that names an object or searches, with the object."""
    entries = map(mapping, [*listed(external.spec.get("data")), *listed(external.spec.get("dataFrom"))])
    reading = [entry for entry in entries if {"remoteRef", "extract", "find"} & entry.keys()]
    for entry, ((kind, name), ask) in zip(reading, external.asks, strict=False):
        store = _store(chain, external, kind, name)
        remote = mapping(entry.get("remoteRef") or entry.get("extract"))
        vault = vault_of(chain, store) if store else UNKNOWN
        yield (
            entry,
            Part(vault, ask.kind, ask.name, *(str(remote.get(key) or "") for key in ("property", "version"))),
        )


def named(chain: Chain) -> Iterator[Named]:
    """The objects that the ExternalSecrets copy. Without a store, which another proof judges: no vault."""
    for external in chain.external_secrets:
        entries = [*listed(external.spec.get("data")), *listed(external.spec.get("dataFrom"))]
        for place, ((_, store_name), ask) in enumerate(external.asks):
            store = chain.find(chain.secret_stores, external.node.provider, external.namespace, store_name)
            entry = mapping(entries[place]) if place < len(entries) else {}
            remote = mapping(entry.get("remoteRef") or entry.get("extract"))
            version = str(remote.get("version") or "")
            yield Named(external.node, ask, store.vault if store else "", version)
    for push in PUSH_SECRETS.of(chain):
        for kind, name in push.stores:
            store = _store(chain, push, kind, name)
            for ask in push.written:
                yield Named(push.node, ask, store.vault if store else "")


def served(chain: Chain) -> Iterator[Served]:
    """The stores, the ExternalSecrets and the PushSecrets."""
    yield Served(
        "external_secrets",
        [*chain.secret_stores, *chain.external_secrets, *PUSH_SECRETS.of(chain)],
        lambda item: release(chain, EXTERNAL_SECRETS, item.node.provider) is not None,
    )


def sign_ins(chain: Chain) -> Iterator[SignIn]:
    """The cloud that the stores name; the ServiceAccount names the tenant."""
    for store in chain.secret_stores:
        if store.provider:
            cloud = text(store.provider.get("environmentType"), "AzurePublicCloud")
            yield SignIn(store, store.provider.get("vaultUrl"), cloud)


def unchanging(chain: Chain) -> Iterator[Unchanging]:
    """The ExternalSecrets that are not read at an interval."""
    for external in chain.external_secrets:
        policy = external.spec.get("refreshPolicy", "Periodic")
        if policy not in ("Periodic", UNKNOWN):
            problem = f"is to be restarted when {external.target} changes, which is read {policy}"
            fix = "external_secrets.refresh_policy: Periodic, or reload: false"
            yield Unchanging(external, problem, fix)


def token_rights(chain: Chain) -> Iterator[TokenRight]:
    """The right that the chart gives unless a value forbids it.

    https://external-secrets.io/latest/guides/security-best-practices/
    """
    for installed in chain.releases:
        rights = mapping(installed.values.get("rbac"))
        if (
            _is_operator(installed)
            and flag(rights.get("serviceAccountTokenCreate"), default=True) is not False
        ):
            yield TokenRight(
                installed,
                known(text(installed.values.get("scopedNamespace"))),
                "its chart lets it request tokens of every ServiceAccount (rbac.serviceAccountTokenCreate)",
            )


def is_operator(chain: Chain, subject: Mapping[str, Any]) -> bool:
    """Whether the subject of a binding is the operator, which delivers the objects anyway."""
    namespaces = {installed.namespace for installed in chain.releases if _is_operator(installed)}
    if namespaces:
        return subject.get("namespace") in namespaces
    return str(subject.get("name")).startswith(EXTERNAL_SECRETS)  # it is of another stack


def _is_operator(installed: HelmRelease) -> bool:
    return known(installed.chart).rsplit("/", 1)[-1] == EXTERNAL_SECRETS
