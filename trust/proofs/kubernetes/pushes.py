"""PushSecrets: the operator handles them, as an identity that reads nothing else, and they write alone."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from trust.chain import Chain
from trust.nodes.azure import Identity
from trust.nodes.fields import flag, known, mapping
from trust.nodes.pushes import PUSH_SECRETS, PushSecret
from trust.operators import EXTERNAL_SECRETS, release
from trust.proofs.external_secrets import fault
from trust.proofs.joins import names
from trust.proofs.proof import Finding, proof
from trust.requests import Request
from trust.rights.holders import delivered, workloads_of_identity
from trust.values import UNKNOWN
from trust.workloads import Workload

_GUIDE: Final = "https://external-secrets.io/latest/guides/pushsecrets/"
_GENERATORS: Final = "generators.external-secrets.io"


@proof(
    "push-is-handled",
    of=PUSH_SECRETS.of,
    reason="The operator ignores the PushSecret, or reports it as failed, and the vault gets no value.",
    source="https://external-secrets.io/latest/api/pushsecret/",
    follows=["operator-is-there", "workload-in-one-namespace"],
)
def push_is_handled(chain: Chain) -> Iterator[Finding]:
    """Every PushSecret writes through a SecretStore of its namespace, by an operator that handles it, and its
    generator is there.
    """
    generators = {
        (node.provider, str(metadata.get("namespace", "")), str(metadata.get("name")))
        for node in chain.graph.of_kind(_GENERATORS, "Password")
        for metadata in [mapping(node.input("metadata"))]
    }
    for push in PUSH_SECRETS.of(chain):
        provider, namespace = push.node.provider, push.namespace
        for of_kind, name in push.stores:
            store = chain.find(chain.secret_stores, provider, namespace, name)
            if UNKNOWN in (of_kind, name):
                yield fault(chain, push, "writes through an unknown store", "pushes", unknown=True)
            elif of_kind != "SecretStore" or store is None:
                problem = (
                    f"writes through {of_kind} '{name}', which is no SecretStore of namespace '{namespace}'"
                )
                yield fault(chain, push, problem, "pushes[].vault: a vault of section vault or vaults")
        kind, generator = push.generator
        is_made = kind == "Password" and (provider, str(namespace), str(generator)) in generators
        if UNKNOWN not in (kind, generator) and not is_made and (generator or push.source == ""):
            what = f"{kind or 'Password'} '{generator}'"
            problem = f"takes its value from {what}, which the stack does not make"
            yield fault(chain, push, problem, "pushes[].generate: what the generator draws")
        installed = release(chain, EXTERNAL_SECRETS, provider)
        if installed and flag(installed.values.get("processPushSecret"), default=True) is False:
            problem = "is ignored: the operator does not handle PushSecrets (processPushSecret)"
            yield fault(chain, push, problem, "operators.external_secrets.push_secrets: true")


def _writers(chain: Chain) -> list[tuple[PushSecret, Workload, Identity | None]]:
    """Each PushSecret of a workload with the identities as which the operator writes."""
    identities = {
        workload.node.urn: {
            reader.identity.node.urn: reader.identity
            for way in ways
            for reader in way.readers
            if reader.identity
        }
        for workload, ways in delivered(chain)
    }
    return [
        (push, workload, identity)
        for push in PUSH_SECRETS.of(chain)
        if (workload := chain.workload_of(push.node))
        for identity in identities.get(workload.node.urn, {}).values() or [None]
    ]


@proof(
    "push-writes-alone",
    of=PUSH_SECRETS.of,
    reason="Pods that are taken over could write a value that other workloads then read and trust.",
    source="https://learn.microsoft.com/azure/key-vault/general/best-practices",
)
def push_writes_alone(chain: Chain) -> Iterator[Finding]:
    """The identity as which the operator writes a secret belongs to PushSecrets alone: no pod runs as it, and
    nothing else is read as it.
    """
    pushing = {
        workload.node.urn for push in PUSH_SECRETS.of(chain) if (workload := chain.workload_of(push.node))
    }
    for push, workload, identity in _writers(chain):
        if identity is None:
            yield fault(chain, push, "writes as an identity that is unknown", "pushes", unknown=True)
            continue
        others = [item for item in workloads_of_identity(chain, identity) if item.node.urn not in pushing]
        if others:
            who = ", ".join(names(others))
            problem = f"writes as identity '{identity.name}', as which {who} can write, too"
            yield fault(chain, push, problem, "identity: one of its own")
        if workload.pods:
            problem = f"writes as identity '{identity.name}', as which pods of {workload.name} can write, too"
            yield fault(chain, push, problem, "kind: none")
        if read := _read_besides(chain, workload):
            problem = f"writes as identity '{identity.name}', as which {', '.join(read)} is read"
            yield fault(chain, push, problem, "secrets: of another workload")


def _read_besides(chain: Chain, workload: Workload) -> list[str]:
    """The objects that a workload reads and does not write."""
    own = chain.own(PUSH_SECRETS.of(chain), workload)
    written = {(ask.kind, known(ask.name).lower()) for push in own for ask in push.written}
    requests: list[Request] = [
        request
        for other, ways in delivered(chain)
        if other.node.urn == workload.node.urn
        for way in ways
        for request in way.requests
    ]
    read = [item for item in requests if (item.kind, known(item.name).lower()) not in written]
    return list(dict.fromkeys(f"{item.kind} {item.name}" for item in read))


@proof(
    "push-has-one-writer",
    of=PUSH_SECRETS.of,
    reason="The operator refuses a secret without its tag, and two writers replace each other's values.",
    source=_GUIDE,
)
def push_has_one_writer(chain: Chain) -> Iterator[Finding]:
    """Nothing else writes what a PushSecret writes, and a generated value is drawn once."""
    seeded = {
        (known(item.vault).lower(), item.kind, known(item.name).lower()): item for item in chain.vault_objects
    }
    first: dict[tuple[str, str, str], PushSecret] = {}
    for push in PUSH_SECRETS.of(chain):
        if push.generator[0] and not push.is_drawn_once:
            problem = "draws another value at each refresh, and replaces the one that others have read"
            yield fault(chain, push, problem, "pushes[].generate: drawn once")
        places = [(push.node.provider, push.namespace, name) for _, name in push.stores]
        stores = [store for place in places if (store := chain.find(chain.secret_stores, *place))]
        vaults = [chain.vault_at(store.provider.get("vaultUrl", ""), store.node) for store in stores]
        keys = [
            (known(vault).lower(), ask.kind, known(ask.name).lower())
            for vault in vaults
            for ask in push.written
        ]
        for key in keys:
            if not key[0] or not key[2]:
                continue
            if key in seeded:
                problem = f"writes {key[1]} '{key[2]}', which the program writes"
                yield fault(chain, push, problem, "pushes[].name: another name")
            elif key in first:
                problem = f"writes {key[1]} '{key[2]}', as PushSecret '{first[key].name}' does"
                yield fault(chain, push, problem, "pushes[].name: another name")
            first.setdefault(key, push)
