"""The objects of a vault that workloads name are there: the stack writes them, or lists them as existing.

It lists them by a role at the object, or in its output ``access``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Final

from trust.chain import Chain
from trust.graph import Node
from trust.nodes.delivery import ANY
from trust.nodes.fields import known, text, vault_in_id, vault_of_url
from trust.nodes.vaults import VaultObject
from trust.proofs.proof import Finding, proof
from trust.published import listed_objects
from trust.requests import Named
from trust.techniques import named_objects
from trust.values import UNKNOWN, Text

_NAMES: Final = "https://learn.microsoft.com/azure/key-vault/general/about-keys-secrets-certificates"
_VERSION: Final = re.compile(r"[0-9a-f]{32}")
_COLLECTIONS: Final = {"secrets": "secret", "keys": "key", "certificates": "certificate"}


def _places(chain: Chain) -> list[Named]:
    """Those that are named one by one, in vaults of the stack. That no other is named, other proofs judge."""
    return [
        named
        for named in named_objects(chain)
        if named.ask.name != ANY and (named.vault is UNKNOWN or chain.vault(named.vault))
    ]


@proof(
    "application-knows-its-vault",
    of=lambda chain: list(_urls(chain)),
    reason="The application asks another vault, or none.",
    source=f"{_NAMES}#dns-suffixes-for-object-identifiers",
    about_requests=True,
)
def application_knows_its_vault(chain: Chain) -> Iterator[Finding]:
    """The address that an application gets is that of a vault of the stack, or of one that the stack uses."""
    for node, variable, url in _urls(chain):
        workload = chain.workload_of(node)
        name = workload.name if workload else node.name
        shown = f"{variable} of workload '{name}' is '{url}'"
        fix = f"workloads[name={name}].secrets[].vault: one of section vault or vaults"
        if url is UNKNOWN:
            yield Finding(workload=name, text=shown, fix=fix, urn=node.urn, unknown=True)
        elif (
            not str(url).startswith("https://")
            or not str(url).endswith("/")
            or not (vault := chain.vault(vault_of_url(url)))
        ):
            problem = f"{shown}, which is the address of no vault that the stack makes or uses"
            yield Finding(workload=name, text=problem, fix=fix, urn=node.urn)
        elif vault_of_url(vault.uri) and str(vault.uri).rstrip("/").lower() != str(url).rstrip("/").lower():
            problem = f"{shown}, and the vault answers at '{vault.uri}'"
            yield Finding(workload=name, text=problem, fix=fix, urn=node.urn)


def _urls(chain: Chain) -> Iterator[tuple[Node, str, Text]]:
    for owner in chain.pod_owners:
        for _, variable in owner.env:
            if str(variable.get("name")).startswith("KEYVAULT_URL") and "value" in variable:
                yield owner.node, str(variable["name"]), text(variable["value"])


@proof(
    "vault-object-is-there",
    of=_places,
    reason="Reading it fails: the pods wait, or the application gets 404.",
    source=_NAMES,
    follows=["dapr-allows-what-is-listed"],
    about_requests=True,
)
def vault_object_is_there(chain: Chain) -> Iterator[Finding]:
    """Every object that a workload names is written by the stack, or listed as existing."""
    written = {
        (str(vault_object.vault), vault_object.kind, known(vault_object.name).lower())
        for vault_object in chain.vault_objects
    }
    granted = {
        (str(vault), _COLLECTIONS.get(collection, collection), name.lower())
        for vault, collection, name in (
            vault_in_id(assignment.scope) for assignment in chain.role_assignments
        )
        if name
    }
    rows = listed_objects(chain)
    for named in _places(chain):
        if UNKNOWN in (named.ask.name, named.vault):
            if (
                not isinstance(named.vault, str)
                and named.ask.name is not UNKNOWN
                and chain.graph.source == "rehearsal"
            ):
                continue  # its store is missing, which is another proof
            yield _finding(
                chain,
                named,
                f"names an object '{named.ask.name}' of vault '{named.vault}'",
                "secrets",
                unknown=True,
            )
            continue
        key = (str(named.vault).lower(), named.ask.kind, str(named.ask.name).lower())
        is_listed = (_workload(chain, named), key[0], key[2]) in rows and _fits(chain, key)
        if key not in written and key not in granted and not is_listed:
            problem = f"names {named.ask.kind} '{named.ask.name}' of vault '{named.vault}'"
            fix = "secrets: list it, from: existing"
            yield _finding(chain, named, f"{problem}, which the stack neither writes nor lists", fix)


def _fits(chain: Chain, key: tuple[str, str, str]) -> bool:
    """Whether nothing says that the object is of another kind."""
    others = {
        (str(vault_object.vault), known(vault_object.name).lower()): vault_object.kind
        for vault_object in chain.vault_objects
    }
    return others.get((key[0], key[2]), key[1]) == key[1]


def _workload(chain: Chain, named: Named) -> str:
    workload = chain.workload_of(named.node)
    return workload.name if workload else ""


def _finding(chain: Chain, named: Named, problem: str, fix: str, *, unknown: bool = False) -> Finding:
    workload = _workload(chain, named)
    prefix = f"workloads[name={workload}]." if workload else ""
    return Finding(
        workload=workload,
        text=f"{named.where} {problem}",
        fix=f"{prefix}{fix}",
        urn=named.node.urn,
        unknown=unknown,
    )


@proof(
    "vault-object-version",
    of=lambda chain: [named for named in named_objects(chain) if named.version and named.vault],
    reason="Key Vault answers 404 for a version that it has not made.",
    source=f"{_NAMES}#objects-identifiers-and-versioning",
)
def vault_object_version(chain: Chain) -> Iterator[Finding]:
    """A version is one of Key Vault's, of an object that is older than the update that names it."""
    made = {
        (str(vault_object.vault), known(vault_object.name).lower())
        for vault_object in chain.vault_objects
        if vault_object.node.op == "create"
    }
    for named in named_objects(chain):
        if not named.version or not named.vault:
            continue
        if not _VERSION.fullmatch(named.version):
            yield _finding(
                chain,
                named,
                f"names version '{named.version}' of '{named.ask.name}'",
                "secrets[].version: 32 digits",
            )
        elif (str(named.vault), known(named.ask.name).lower()) in made:
            problem = f"names a version of '{named.ask.name}', which this update makes"
            yield _finding(chain, named, problem, "secrets[].version: remove it")


@proof(
    "written-object-is-current",
    severity="warning",
    of=lambda chain: [item for item in chain.vault_objects if _dates(item)],
    reason="Key Vault does not encrypt, wrap or sign with such a key; clients may refuse such a secret.",
    source="https://learn.microsoft.com/azure/key-vault/keys/about-keys-details",
)
def written_object_is_current(chain: Chain) -> Iterator[Finding]:
    """No secret and no key that the stack writes has expired, or becomes valid later."""
    now = datetime.now(UTC)
    for vault_object in chain.vault_objects:
        for name, moment in _dates(vault_object).items():
            if (name == "expires") == (moment < now):
                word = "has expired" if name == "expires" else "is not valid yet"
                fix = "expires, not_before of the secret"
                yield _of_written(vault_object, f"{word} ({moment:%Y-%m-%d})", fix)


def _dates(vault_object: VaultObject) -> dict[str, datetime]:
    """The start and the end of its validity; ARM keeps seconds since 1970."""
    dates: dict[str, datetime] = {}
    for name in ("expires", "notBefore"):
        value = vault_object.node.input(f"properties.attributes.{name}")
        if isinstance(value, int | float) and 0 <= value < 253402300800:  # the year 10000
            dates[name] = datetime.fromtimestamp(value, UTC)
    return dates


@proof(
    "written-object-is-readable",
    of=lambda chain: chain.vault_objects,
    reason="Key Vault refuses to return a secret that is disabled.",
    source="https://learn.microsoft.com/azure/key-vault/secrets/about-secrets#secret-attributes",
)
def written_object_is_readable(chain: Chain) -> Iterator[Finding]:
    """Every secret that the stack writes is enabled, and in a vault that the stack makes or uses."""
    for vault_object in chain.vault_objects:
        if vault_object.node.input("properties.attributes.enabled", True) is False:
            yield _of_written(vault_object, "is disabled")
        if vault_object.vault is not UNKNOWN and chain.vault(vault_object.vault) is None:
            yield _of_written(
                vault_object,
                f"goes into vault '{vault_object.vault}', which the stack neither makes nor uses",
            )


def _of_written(vault_object: VaultObject, problem: str, fix: str = "from, vault of the secret") -> Finding:
    return Finding(
        text=f"{vault_object.kind} '{vault_object.name}' {problem}",
        fix=f"secrets: {fix}",
        urn=vault_object.node.urn,
    )
