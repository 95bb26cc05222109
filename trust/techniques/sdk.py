"""Technique sdk: the application reads the vault itself. What it asks for, only its variables may tell."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from trust.chain import Chain
from trust.links import Link, State
from trust.nodes.delivery import Asked
from trust.nodes.fields import known, listed, mapping, vault_of_url
from trust.rbac.identity_uses import has_annotation
from trust.readers import account_label, by_account
from trust.requests import Delivery, Named, Request
from trust.values import UNKNOWN
from trust.workloads import Workload

NAME: Final = "sdk"
IS_FALLBACK: Final = True
_URL: Final = "KEYVAULT_URL"
_NAMES: Final = ("SECRET_NAMES", "SECRET_NAME")


def delivery(chain: Chain, workload: Workload) -> Delivery | None:
    """Whatever the workload's identity may read, and the secrets that its variables name.

    None: its ServiceAccount has no identity.
    """
    account = workload.service_account
    if account is None or account.client_id == "":
        return None
    reader = by_account(chain, workload, is_bound=has_annotation(chain, workload))
    requests: list[Request] = []
    for variables, urn, state in _variables(chain, workload):
        runs = Link("run as", f"pods of {workload.name}", account_label(workload), urn, state)
        for name, url in variables.items():
            if not name.startswith(_URL):
                continue
            vault = chain.vault_at(url, chain.graph.get(urn))
            suffix = name.removeprefix(_URL)
            listed_names = {
                part.strip(): None
                for variable in _NAMES
                for part in known(variables.get(variable + suffix, "")).split(",")
                if part.strip()
            }
            requests += [Request(vault, "secret", secret, (runs,), reader) for secret in listed_names]
    return Delivery(NAME, tuple(requests), (reader,), signs_in=True, is_complete=False)


def _variables(chain: Chain, workload: Workload) -> Iterator[tuple[Mapping[str, Any], str, State]]:
    """The plain variables of each container; of pods of other tools, those that the stack publishes."""
    for pods in workload.pods:
        for container in pods.containers:
            yield _plain(container), pods.node.urn, "held"
    if not workload.pods:
        patch = mapping(mapping((chain.graph.outputs or {}).get("pods")).get(workload.name))
        for container in listed(mapping(patch.get("spec")).get("containers")):
            yield _plain(mapping(container)), workload.node.urn, "external"


def _plain(container: Mapping[str, Any]) -> dict[str, Any]:
    entries = map(mapping, listed(container.get("env")))
    return {str(entry.get("name")): entry.get("value", UNKNOWN) for entry in entries}


def named(chain: Chain) -> Iterator[Named]:
    """The names in the variables ``SECRET_NAMES…`` of applications that read the vault themselves."""
    for owner in chain.pod_owners:
        env: Mapping[str, Any] = {
            str(variable.get("name")): variable.get("value") for _, variable in owner.env
        }
        for variable, url in env.items():
            if variable.startswith(_URL):
                names = str(env.get(f"{_NAMES[0]}{variable.removeprefix(_URL)}") or "")
                for part in filter(None, names.split(",")):
                    yield Named(owner.node, Asked("secret", part), vault_of_url(url))
