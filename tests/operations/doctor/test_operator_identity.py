"""An operator that reads as itself: what `pulumi up` needs for its identity."""

from __future__ import annotations

from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any, cast

import pytest

from operations.doctor.deployer_rights import needed_actions
from operations.doctor.examination import Examination
from stacks.settings.azure_names import AzureNames
from stacks.settings.loader import read
from tests.settings.cases import as_config, document

_SUBSCRIPTION = "/subscriptions/5b5c5c5b-0000-4000-8000-00000000000b"
_KIND = "Microsoft.ManagedIdentity/userAssignedIdentities"
_READER = f"{_SUBSCRIPTION}/resourceGroups/rg-ops/providers/{_KIND}/id-reader"
_IDENTITY, _CREDENTIAL = f"{_KIND}/write", f"{_KIND}/federatedIdentityCredentials/write"
_EXISTING = {"name": "reader", "existing": {"id": _READER}}


def _actions(changes: Mapping[str, Any]) -> dict[str, list[str]]:
    settings, problems = read("aks-secrets", "dev", as_config(document(changes)), lambda _: False)
    assert settings is not None, problems
    names = AzureNames.of(settings, _SUBSCRIPTION.rpartition("/")[2])
    examination = SimpleNamespace(
        settings=settings,
        names=names,
        subscription=_SUBSCRIPTION,
        makes_cluster=True,
        makes_vault=lambda _: True,
        vault_id=lambda label: names.vaults[label].id,
        existing_ids={"identities/0/existing": _READER},
        session=SimpleNamespace(option_for=lambda _: None),
        existing_groups=frozenset(),
    )
    return needed_actions(cast(Examination, examination))


@pytest.mark.parametrize("composition", ["platform", "all-in-one"])
def test_the_identity_of_an_operator_is_written_although_no_workload_has_one(composition: str) -> None:
    changes: dict[str, Any] = {
        "composition": composition,
        "workloads": None if composition == "platform" else [],
        "operators": {"akv2k8s": {}},
    }
    made = {action for actions in _actions(changes).values() for action in actions}
    assert {_IDENTITY, _CREDENTIAL} <= made
    none = _actions({**changes, "operators": {}})
    assert _CREDENTIAL not in {action for actions in none.values() for action in actions}


def test_an_existing_identity_gets_a_credential_only_from_the_operator_that_the_stack_installs() -> None:
    changes: dict[str, Any] = {
        "workloads": [],
        "identities": [_EXISTING],
        "operators": {"akv2k8s": {"identity": "reader"}},
    }
    assert _actions(changes)[_READER] == [_CREDENTIAL]
    existing = {"akv2k8s": {"identity": "reader", "install": "existing"}}
    assert _READER not in _actions({**changes, "operators": existing})
