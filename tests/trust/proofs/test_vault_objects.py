"""The proofs of vault objects break when the program does."""

from typing import Any

import pytest

from tests.trust.graphs import build_config
from tests.trust.proofs.broken import UNREAD, Broken, changed, check, compare, config, ids, not_proved
from trust.chain import Chain
from trust.graph import Graph
from trust.proofs import run
from trust.values import SECRET

_THERE = "vault-object-is-there"
_VERSION = "0123456789abcdef0123456789abcdef"
_NIGHTLY = config("nightly")


def _secret(**keys: Any) -> dict[str, Any]:
    base = _NIGHTLY["workloads"][0]
    return {**_NIGHTLY, "workloads": [{**base, "secrets": [{**base["secrets"][0], **keys}]}]}


BROKEN = [
    Broken(
        _THERE,
        "components.workloads.techniques.csi_objects",
        '"objectName": vault_object.name,',
        '"objectName": vault_object.name.replace("-", ""),',
        _NIGHTLY,
        "nightly",
        UNREAD,
        says="'dbpassword'",
    ),
    Broken(
        _THERE,
        "components.workloads.techniques.csi_objects",
        'ObjectType.SECRET: "secret",',
        'ObjectType.SECRET: "key",',
        _NIGHTLY,
        "nightly",
        UNREAD,
        says="key 'db-password'",
    ),
    Broken(
        _THERE,
        "components.workloads.techniques.eso_external_secret",
        '"key": f"{_PREFIXES[vault_object.type]}/{vault_object.name}"',
        '"key": f"{_PREFIXES[vault_object.type]}/{vault_object.name}s"',
        config("copied"),
        "copied",
        UNREAD,
        says="'db-passwords'",
    ),
    Broken(
        _THERE,
        "components.workloads.techniques.sdk",
        '"value": ",".join(names)}',
        '"value": ",".join(names).upper() + "-OLD"}',
        config("app"),
        "app",
        UNREAD,
        says="'API-KEY-OLD'",
    ),
    Broken(
        "application-knows-its-vault",
        "components.workloads.techniques.sdk",
        '"value": part.vault.vault_uri}',
        '"value": part.vault.name}',
        config("app"),
        "app",
        UNREAD,
        says="KEYVAULT_URL",
    ),
    Broken(
        "vault-object-version",
        "",
        "",
        "a version of what is made now",
        _secret(version=_VERSION),
        "nightly",
        says="which this update makes",
    ),
    Broken(
        "vault-object-version",
        "components.workloads.techniques.csi_objects",
        '"objectVersion": vault_object.version,',
        '"objectVersion": "latest",',
        _NIGHTLY,
        "nightly",
        says="version 'latest'",
    ),
    Broken(
        "written-object-is-readable",
        "components.key_vault.vault",
        "            vault_name=self.name,\n            # Lower case",
        '            vault_name="another",\n            # Lower case',
        _NIGHTLY,
        follows=frozenset({"role-names-its-object"}),
        says="'another'",
    ),
]


@pytest.mark.parametrize("broken", BROKEN, ids=ids)
def test_it_comes_first(broken: Broken, monkeypatch: pytest.MonkeyPatch) -> None:
    check(broken, monkeypatch)


def test_a_disabled_secret_comes_first() -> None:
    # On mocks a secret's properties are one secret, so only a rehearsal or a preview shows the switch.
    properties = {"value": SECRET, "attributes": {"enabled": False}}
    chain = changed(build_config(_NIGHTLY).graph, "keyvault:Secret::vault/db-password", properties=properties)
    compare(Broken("written-object-is-readable", "", "", "", {}, says="is disabled"), not_proved(run(chain)))


def test_an_existing_object_is_there_by_its_role_or_by_the_output_access() -> None:
    workload = {**config("app")["workloads"][0], "scope": "vault"}
    graph = build_config({**config("app"), "workloads": [workload]}).graph
    assert not not_proved(run(Chain.read(graph), only=[_THERE]))
    unlisted = Graph(graph, graph.source, outputs={**(graph.outputs or {}), "access": []})
    verdicts = not_proved(run(Chain.read(unlisted), only=[_THERE]))
    compare(Broken(_THERE, "", "", "", {}, "app", says="'api-key'"), verdicts)
