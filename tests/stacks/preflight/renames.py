"""Labels that change while the name in Azure or the cluster stays: the cases of test_renames.py."""

from dataclasses import dataclass
from typing import Any

from tests.settings.samples import DAPR, DRIVER, ESO
from tests.stacks.preflight.cases import existing

_DB: dict[str, Any] = {"name": "db", "from": "existing"}
_NAMED: dict[str, Any] = {**_DB, "env": "DB", "kubernetes_secret": {"name": "db"}}
_PARTNER = {"name": "kv-pay", "resource_group": "rg-old"}


def _workload(name: str, **keys: Any) -> dict[str, Any]:
    return {
        "name": name,
        "namespace": "team",
        "technique": "sdk",
        "image": "registry.example/app:1",
        "run_as_user": 1000,
        "secrets": [_DB],
        **keys,
    }


def _workloads(*workloads: dict[str, Any], **sections: Any) -> dict[str, Any]:
    return {"workloads": list(workloads), **sections}


def _in_vault(label: str, **settings: Any) -> dict[str, Any]:
    return _workloads(
        _workload("desk", secrets=[{"name": "db", "from": "random", "vault": label}]),
        vaults=[{"name": label, **settings}],
    )


def _read_only(label: str) -> dict[str, Any]:
    return _workloads(
        _workload("desk", secrets=[{**_DB, "vault": label}]),
        vaults=[{"name": label, "existing": _PARTNER}],
        grants="external",
    )


def _with_account(name: str, **keys: Any) -> dict[str, Any]:
    """A workload with ServiceAccount ``app`` in a namespace of another owner."""
    return _workloads(
        _workload(name, service_account="app", **keys),
        namespaces=[{"name": "team", "existing": True}],
        **({"identities": [{"name": keys["identity"]}]} if "identity" in keys else {}),
    )


def _in_groups(*, cluster: str, vault: str) -> dict[str, Any]:
    return {
        **_workloads(_workload("desk")),
        "cluster.resource_group": cluster,
        "vault.resource_group": vault,
    }


@dataclass(frozen=True)
class Rename:
    """Two settings, one after the other, and the keys that the check refuses."""

    before: dict[str, Any]
    after: dict[str, Any]
    refused: tuple[str, ...]


def _renamed(*refused: str, **keys: Any) -> Rename:
    """A workload with another name and otherwise the same keys."""
    sections: dict[str, Any] = {"csi": DRIVER, "eso": ESO, "dapr": DAPR}.get(keys.get("technique", ""), {})
    return Rename(
        _workloads(_workload("desk", **keys), **sections),
        _workloads(_workload("counter", **keys), **sections),
        refused,
    )


_ADOPTED: dict[str, Any] = {"existing_service_account": True}
_ACCOUNT = "workloads[0].service_account"
_SECRET = "workloads[0].secrets[0].kubernetes_secret.name"
_ID = existing("identity", "id-old")
RENAMES = {
    "workload": _renamed(),
    **{
        f"workload with its ServiceAccount, {technique}": _renamed(
            _ACCOUNT, technique=technique, service_account="app"
        )
        for technique in ("sdk", "csi", "eso", "dapr")
    },
    "workload with its existing ServiceAccount": Rename(
        _with_account("desk", **_ADOPTED), _with_account("counter", **_ADOPTED), ("workloads[0].name",)
    ),
    "workload with its existing ServiceAccount and identity": Rename(
        _with_account("desk", **_ADOPTED, identity="a"),
        _with_account("counter", **_ADOPTED, identity="a"),
        ("workloads[0].name",),
    ),
    "an existing ServiceAccount becomes the program's": Rename(
        _with_account("desk", **_ADOPTED), _with_account("counter"), (_ACCOUNT,)
    ),
    "the program's ServiceAccount becomes an existing one": Rename(
        _with_account("desk"), _with_account("counter", **_ADOPTED), ("workloads[0].name",)
    ),
    "the group of the vaults becomes the cluster's": Rename(
        _in_groups(cluster="rg-b", vault="rg-a"),
        _in_groups(cluster="rg-A", vault="rg-c"),
        ("cluster.resource_group",),
    ),
    "the group of the cluster becomes the vaults'": Rename(
        _in_groups(cluster="rg-a", vault="rg-a"),
        _in_groups(cluster="rg-b", vault="rg-a"),
        ("vault.resource_group",),
    ),
    "the group of a vault becomes another's": Rename(
        _in_groups(cluster="rg-b", vault="rg-a"),
        _in_groups(cluster="rg-b", vault="rg-c") | {"vaults": [{"name": "pay", "resource_group": "rg-a"}]},
        (),
    ),
    "the group becomes an existing one's": Rename(
        _in_groups(cluster="rg-a", vault="rg-a"),
        _in_groups(cluster="rg-b", vault="rg-a") | {"resource_groups": [{"name": "rg-a", "existing": True}]},
        (),
    ),
    "its Secret, eso": _renamed(_SECRET, technique="eso", secrets=[_NAMED]),
    "its Secret, kubernetes-secret": _renamed(
        _SECRET,
        technique="kubernetes-secret",
        secrets=[{**_NAMED, "from": "random"}],
    ),
    "its composed Secret": _renamed(
        "workloads[0].compose[0].kubernetes_secret.name",
        technique="eso",
        secrets=[_DB],
        compose=[
            {"name": "url", "template": "x{{ .db }}", "env": "URL", "kubernetes_secret": {"name": "db"}}
        ],
    ),
    "its search": _renamed(
        "workloads[0].find[0].kubernetes_secret",
        technique="eso",
        scope="vault",
        secrets=[],
        find=[{"regexp": "^app-", "kubernetes_secret": "found"}],
    ),
    "its Dapr store": _renamed("workloads[0].dapr.store", technique="dapr", dapr={"store": "vault"}),
    "its Dapr app id": _renamed("workloads[0].dapr.app_id", technique="dapr", dapr={"app_id": "app"}),
    "the Dapr app id becomes the name": Rename(
        _workloads(_workload("desk", technique="dapr", dapr={"app_id": "counter"}), **DAPR),
        _workloads(_workload("counter", technique="dapr"), **DAPR),
        ("workloads[0].name",),
    ),
    "two ServiceAccounts change places": Rename(
        _workloads(_workload("a"), _workload("b")),
        _workloads(_workload("a", service_account="b"), _workload("b", service_account="a")),
        (_ACCOUNT, "workloads[1].service_account"),
    ),
    "identity": Rename(
        _workloads(_workload("desk", identity="a"), identities=[{"name": "a"}]),
        _workloads(_workload("desk", identity="b"), identities=[{"name": "b"}]),
        (),
    ),
    "identity with its name in Azure": Rename(
        _workloads(_workload("desk", identity="a"), identities=[{"name": "a", "resource_name": "id-x"}]),
        _workloads(_workload("desk", identity="b"), identities=[{"name": "b", "resource_name": "id-x"}]),
        ("identities[0].name",),
    ),
    "existing identity": Rename(
        _workloads(_workload("desk", identity="a"), identities=[{"name": "a", "existing": _ID}]),
        _workloads(_workload("desk", identity="b"), identities=[{"name": "b", "existing": _ID}]),
        ("identities[0].name",),
    ),
    "a workload's identity becomes a shared one": Rename(
        _workloads(_workload("desk")),
        _workloads(
            _workload("desk", identity="b"),
            identities=[{"name": "b", "resource_name": "id-aks-secrets-dev-desk"}],
        ),
        ("identities[0].name",),
    ),
    "a shared identity becomes a workload's": Rename(
        _workloads(
            _workload("desk", identity="b"),
            identities=[{"name": "b", "resource_name": "id-aks-secrets-dev-desk"}],
        ),
        _workloads(_workload("desk")),
        ("workloads[0].name",),
    ),
    "vault": Rename(_in_vault("pay"), _in_vault("money"), ()),
    "vault with its name in Azure": Rename(
        _in_vault("pay", resource_name="kv-x"), _in_vault("money", resource_name="kv-x"), ("vaults[0].name",)
    ),
    "existing vault": Rename(
        _in_vault("pay", existing=_PARTNER), _in_vault("money", existing=_PARTNER), ("vaults[0].name",)
    ),
    "existing vault in which nothing is made": Rename(_read_only("pay"), _read_only("money"), ()),
    "the first vault becomes another": Rename(
        {"vault": {"name": "kv-x"}, **_workloads(_workload("desk"))},
        _in_vault("money", resource_name="kv-x"),
        ("vaults[0].name",),
    ),
    "another vault becomes the first": Rename(
        _in_vault("money", resource_name="kv-x"),
        {"vault": {"name": "kv-x"}, **_workloads(_workload("desk"))},
        ("vault.name",),
    ),
}
