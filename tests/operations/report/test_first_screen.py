"""Changes of many kinds, and what the first screen of the comment says of each: true, and in plain words."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from functools import cache
from typing import Any

import pytest
import yaml

from operations.report.build import build_report
from operations.report.markdown import markdown
from operations.report.model import Report
from tests.operations.report.reports import TODAY
from tests.stack_files import shipped
from tests.trust.graphs import build_config
from trust import Graph

Config = dict[str, Any]
SAME = "each workload reads the same secrets as before"


@cache
def _shipped() -> str:
    return json.dumps(yaml.safe_load(shipped("Pulumi.prod.yaml").read_text(encoding="utf-8"))["config"])


def prod(**changes: Any) -> Config:
    config: Config = json.loads(_shipped())
    return {key.removeprefix("aks-secrets:"): value for key, value in config.items()} | changes


@cache
def graph_of(text: str) -> Graph:
    return build_config(json.loads(text)).graph


@cache
def _report(before: str, after: str) -> Report:
    return build_report("prod", graph_of(after), graph_of(before), TODAY)


def report_of(before: Config, after: Config) -> Report:
    return _report(json.dumps(before), json.dumps(after))


def first_screen(before: Config, after: Config) -> list[str]:
    return markdown(report_of(before, after)).split("**Proofs**")[0].strip().splitlines()


def secret(config: Config, workload: int) -> list[dict[str, Any]]:
    return config["workloads"][workload]["secrets"]


def rename(config: Config) -> None:
    config["workloads"][1]["name"] = "front"


def to_sdk(config: Config) -> None:
    web = config["workloads"][1]
    del web["reload"], config["operators"]["reloader"]
    web |= {
        "technique": "sdk",
        "secrets": [{"name": entry["name"], "from": "existing"} for entry in web["secrets"]],
    }


def to_eso(config: Config) -> None:
    orders = config["workloads"][0]
    orders |= {
        "technique": "eso",
        "secrets": [{"name": "orders-db-password", "from": "existing", "env": "P"}],
    }


def external(config: Config) -> None:
    config["grants"] = "external"


def certificate(config: Config) -> None:
    secret(config, 0)[0]["type"] = "cert"


def other_vault(config: Config) -> None:
    config["vaults"] = [{"name": "pay", "purge_protection": True}]
    secret(config, 1)[1]["vault"] = "pay"


def new_vault_name(config: Config) -> None:
    config["vault"]["name"] = "kv-other"


def share(config: Config) -> None:
    config["identities"] = [{"name": "shared"}]
    for workload in config["workloads"]:
        workload["identity"] = "shared"


def other_account(config: Config) -> None:
    config["workloads"][1]["service_account"] = "other"


def no_pods(config: Config) -> None:
    kept = ("name", "namespace", "technique", "secrets")
    web = {key: config["workloads"][1][key] for key in kept}
    config["workloads"][1] = {**web, "kind": "none"}
    del config["operators"]["reloader"]


def waive(config: Config) -> None:
    config["waivers"] = [
        {"proof": "image-pinned", "workload": "web", "reason": "asked", "expires": "2031-01-01"}
    ]


def waived_too_long(config: Config) -> None:
    config["waivers"] = [{"proof": "image-pinned", "reason": "asked", "expires": "2029-01-01"}]


def no_monitoring(config: Config) -> None:
    del config["monitoring"]


def node_identity(config: Config) -> None:
    config["workloads"][0]["access"] = "user-assigned-vm"


def other_image(config: Config) -> None:
    config["workloads"][1]["image"] = "other.example.com/web:1"


def admins(config: Config) -> None:
    config["cluster"]["entra"]["admin_groups"].append("99999999-2222-4333-8444-555555555555")


def newer(config: Config) -> None:
    config["cluster"]["kubernetes_version"] = "1.37"


def cluster_wide(config: Config) -> None:
    config["operators"]["external_secrets"]["cluster_wide"] = True


def open_namespace(config: Config) -> None:
    config["namespaces"][1]["isolated"] = False


def swap_variables(config: Config) -> None:
    first, other = secret(config, 1)
    first["env"], other["env"] = other["env"], first["env"]


def binding(config: Config) -> None:
    config["workloads"][0]["access"] = "identity-binding"
    config["operators"]["csi_driver"] = {"install": "helm"}


def open_the_vault(config: Config) -> None:
    config["workloads"][1]["scope"] = "vault"
    config["workloads"][0]["secrets"] = [{"name": "payment-api-key", "from": "existing", "file": "pay"}]


CASES: list[tuple[Callable[[Config], None], str, list[str]]] = [
    (
        rename,
        "front may now read 2 objects; web may no longer read 2 objects",
        ["id-aks-secrets-test-web is del"],
    ),
    (to_sdk, SAME, ["web reads payment-api-key, web-session-key by sdk, not by eso"]),
    (
        to_eso,
        SAME,
        [
            "orders reads orders-db-password by eso, not by csi",
            "Kubernetes Secrets of namespace orders hold orders-db-password of orders now",
        ],
    ),
    (
        external,
        "orders and web read 3 objects only if another person or tool allows it",
        ["orders may read orders-db-password only if another tool gives identity id-aks-secrets-test-orders"],
    ),
    (
        certificate,
        "orders may now read the certificate orders-db-password;"
        " orders may no longer read the secret orders-db-password",
        [],
    ),
    (
        other_vault,
        "web may now read payment-api-key of kv-test-pay-2e2cb4d7; web may no longer read"
        " payment-api-key of kv-test-d2541246",
        [],
    ),
    (
        new_vault_name,
        "2 workloads read 3 objects of kv-other now, not of kv-test-d2541246",
        ["the vault kv-test-d2541246 is replaced by kv-other (vaultName)"],
    ),
    (
        share,
        "orders may now read 2 objects; web may now read orders-db-password",
        ["`orders-db-password` of `kv-test-d2541246`, which no object of it names"],
    ),
    (other_account, SAME, ["web runs as ServiceAccount web/other, not as web/web"]),
    (
        no_pods,
        "web reads 2 objects only if another person or tool allows it",
        ["web may read web-session-key only if pods of web read Secret web-external.web-session-key"],
    ),
    (
        open_the_vault,
        "web may now read every secret of kv-test-d2541246; orders may now read payment-api-key;"
        " orders may no longer read orders-db-password",
        [],
    ),
    (waive, SAME, ["the proof image-pinned is waived for web until 2031-01-01: asked"]),
    (waived_too_long, SAME, ["the waiver of image-pinned for the whole stack has expired (2029-01-01)"]),
    (no_monitoring, SAME, ["diagnostic setting vault-diagnostics goes", "the alert on expiry expiry goes"]),
    (node_identity, SAME, ["a node gives tokens of identity csi-addon/identity to every pod"]),
    (other_image, SAME, ["runs an image of other.example.com/web, not of registry.example.com/shop/web"]),
    (admins, SAME, ["includes 99999999-2222-4333-8444-555555555555 now"]),
    (
        newer,
        SAME,
        ["the Kubernetes version, which cannot go back, of the cluster aks-test changes from 1.36"],
    ),
    (cluster_wide, SAME, ["its chart lets it request tokens of every ServiceAccount"]),
    (
        swap_variables,
        "variable PAYMENT_API_KEY of web now carries web-session-key instead of payment-api-key;"
        " variable SESSION_KEY of web now carries payment-api-key instead of web-session-key",
        ["- ⚠️ variable PAYMENT_API_KEY of web now carries web-session-key instead of payment-api-key"],
    ),
    (binding, SAME, ["orders signs in for orders-db-password by an identity binding, not by a federated"]),
    (open_namespace, SAME, ["the network policy web/default-deny goes"]),
]


def unescaped(lines: list[str]) -> str:
    return "\n".join(lines).replace("\\", "")


@pytest.mark.parametrize(("change", "headline", "named"), CASES, ids=[case[0].__name__ for case in CASES])
def test_the_first_screen_names_the_change(
    change: Callable[[Config], None], headline: str, named: list[str]
) -> None:
    before = prod()
    after = copy.deepcopy(before)
    change(after)
    lines = first_screen(before, after)
    text = unescaped(lines)
    assert text.splitlines()[0] == f"### `prod`: {headline}"
    assert [words for words in named if words not in text] == []


def test_a_policy_of_a_renamed_workload_is_no_loss() -> None:
    after = prod()
    rename(after)
    assert "network policy" not in unescaped(first_screen(prod(), after))


def test_who_may_read_everything_gains_and_loses_nothing_by_naming_it() -> None:
    before = prod()
    before["workloads"][1]["scope"] = "vault"
    added, removed = copy.deepcopy(before), copy.deepcopy(before)
    secret(added, 1).append({"name": "new-key", "from": "existing", "env": "NEW"})
    del secret(removed, 1)[1]
    for after, words in (
        (added, "an object of web names new-key now; it could read it before"),
        (removed, "no object of web names payment-api-key any more; it may still read it"),
    ):
        text = unescaped(first_screen(before, after))
        assert text.startswith(f"### `prod`: {SAME}\n")
        assert words in text


def test_a_secret_that_moves_between_workloads_of_one_identity_is_named() -> None:
    before = prod()
    share(before)
    after = copy.deepcopy(before)
    secret(after, 0).append({"name": secret(after, 1).pop()["name"], "from": "existing", "file": "pay"})
    text = unescaped(first_screen(before, after))
    assert text.startswith(f"### `prod`: {SAME}\n")
    assert "an object of orders names payment-api-key now; it could read it before" in text
    assert "no object of web names payment-api-key any more; it may still read it" in text


def test_a_driver_that_a_chart_installs_rotates_in_place_of_the_add_ons() -> None:
    after = prod()
    binding(after)
    assert "rotation" not in unescaped(first_screen(prod(), after))
    after["operators"]["csi_driver"]["rotation"] = False
    assert "rotation by the CSI driver of the cluster aks-test is turned off" in unescaped(
        first_screen(prod(), after)
    )
