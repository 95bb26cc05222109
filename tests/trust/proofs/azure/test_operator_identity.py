"""The proofs of an operator that reads as itself break when the program does."""

from typing import Any

import pytest

from tests.trust.graphs import build_config
from tests.trust.proofs.broken import Broken, check, config, ids
from tests.trust.stacks import existing, stack, workload
from trust.access import readings
from trust.chain import Chain
from trust.possible import possible
from trust.proofs import run

_IDENTITY = "components.identity.workload_identity"
_SERVED: dict[str, Any] = {
    **config("copied"),
    "operators": {"akv2k8s": {}, "reloader": {}},
    "workloads": [{**entry, "technique": "akv2k8s"} for entry in config("copied")["workloads"]],
}

BROKEN = [
    Broken(
        "operator-identity",
        "components.operators.akv2k8s",
        '{"azure.workload.identity/client-id": args.client_id}',
        "{}",
        _SERVED,
        "copied",
        frozenset({"role-covers-requests"}),
        says="are served by the operator as identity unknown",
    ),
    Broken(
        "operator-identity",
        "stacks.args.identity",
        "*([account] if account else []),",
        "",
        _SERVED,
        "copied",
        says="trusts ServiceAccount akv2k8s/akv2k8s-controller",
    ),
    Broken(
        "credential-subject",
        _IDENTITY,
        "subject=account.subject,",
        "subject=account.subject.upper(),",
        _SERVED,
        "copied",
        frozenset({"operator-identity"}),
        says="and the stack has no such ServiceAccount",
    ),
    Broken(
        "credential-issuer",
        _IDENTITY,
        "issuer=args.cluster.issuer_url,",
        'issuer=args.cluster.issuer_url.apply(lambda url: url.rstrip("/")),',
        _SERVED,
        "copied",
        frozenset({"operator-identity"}),
        says="(the final slash differs)",
    ),
    Broken(
        "role-covers-requests",
        "stacks.builders.vaults",
        "plan_grants(context.settings.workloads_by_identity.get(name, []), vaults)",
        "[]",
        _SERVED,
        "copied",
        says="holds no role that reads secret",
    ),
]


@pytest.mark.parametrize("broken", BROKEN, ids=ids)
def test_it_comes_first(broken: Broken, monkeypatch: pytest.MonkeyPatch) -> None:
    check(broken, monkeypatch)


def _chain(**sections: Any) -> Chain:
    served = [workload(name, "akv2k8s", existing(f"{name}-key", env="KEY")) for name in ("web", "cart")]
    return Chain.read(build_config(stack(*served, **sections)).graph)


def test_each_workload_gets_what_its_objects_name_and_others_could_name_all() -> None:
    chain = _chain()
    assert {(reading.workload, reading.name) for reading in readings(chain)} == {
        ("web", "web-key"),
        ("cart", "cart-key"),
    }
    who = "principals that may create objects of technique akv2k8s in any namespace"
    could = [item for item in possible(chain) if item.who == who]
    assert {item.name for item in could} == {"web-key", "cart-key"}
    (sentence,) = {str(item) for item in could}
    assert "could read what the workloads of technique akv2k8s read: the operator reads for every" in sentence


def test_what_one_of_its_workloads_names_is_needed_by_the_operator() -> None:
    verdicts = run(_chain(), only={"role-is-needed", "operator-identity"})
    assert [verdict.status for verdict in verdicts] == ["proved", "proved"]
