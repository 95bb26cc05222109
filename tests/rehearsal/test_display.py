"""The display of a report: tree, access table, outputs."""

from __future__ import annotations

import io
from typing import Any

from rich.console import Console

from rehearsal.display import as_yaml, show_outputs, tree
from rehearsal.report import SECRET, Report

_STACK = "urn:pulumi:dev::p::pulumi:pulumi:Stack::p-dev"


def _row(name: str, type_: str, parent: str, op: str = "create") -> dict[str, Any]:
    return {"op": op, "urn": f"urn:{name}", "type": type_, "name": name, "parent": parent}


def _shown(report: Report) -> str:
    text = io.StringIO()
    console = Console(file=text, width=160)
    console.print(tree(report.resources))
    show_outputs(report, console)
    return text.getvalue()


def test_resources_are_below_their_parents_in_any_order() -> None:
    rows = [
        _row("child", "azure-native:keyvault:Vault", "urn:component"),
        _row("component", "aks-secrets:index:KeyVault", _STACK, "update"),
        {"op": "same", "urn": _STACK, "type": "pulumi:pulumi:Stack", "name": "p-dev", "parent": ""},
        _row("default_3_29_0", "pulumi:providers:azure-native", _STACK),
        _row("orphan", "a:b:C", "urn:gone", "delete"),
    ]
    lines = [line.rstrip() for line in _shown(Report(resources=rows)).splitlines()]
    assert lines == [
        "  Stack p-dev",
        "├── ~ aks-secrets:index:KeyVault component",
        "│   └── + azure-native:keyvault:Vault child",
        "└── - a:b:C orphan",
    ]


def test_access_is_a_table() -> None:
    row = {
        "workload": "shop",
        "namespace": "ns",
        "serviceAccount": "sa",
        "identity": "id-shop",
        "role": "Key Vault Secrets User",
    }
    shown = _shown(
        Report(
            outputs={
                "access": [{**row, "scope": "/subscriptions/s/vaults/kv/secrets/db", "technique": "sdk"}]
            }
        )
    )
    for word in ("ns/sa", "id-shop", "kv/secrets/db", "Key Vault Secrets User"):
        assert word in shown


def test_after_an_update_only_the_outputs_are_shown() -> None:
    text = io.StringIO()
    rows = [{"op": "same", "urn": "urn:s", "type": "pulumi:pulumi:Stack", "name": "p-dev", "parent": ""}]
    show_outputs(
        Report(resources=rows, outputs={"access": [{"workload": "shop"}], "issuer": "x"}),
        Console(file=text, width=160),
    )
    assert "access: who reads what" in text.getvalue()
    assert "issuer: x" in text.getvalue()
    assert "p-dev" not in text.getvalue()


def test_missing_columns_are_empty() -> None:
    assert "shop" in _shown(Report(outputs={"access": [{"workload": "shop"}]}))
    assert "access: []" in _shown(Report(outputs={"access": []}))


def test_a_masked_secret_has_no_quotes() -> None:
    assert as_yaml({"kubeconfig": SECRET}) == "kubeconfig: [secret]"


def test_a_narrow_terminal_hides_no_name_and_wraps_no_output() -> None:
    row = {
        "workload": "shop",
        "namespace": "ns",
        "serviceAccount": "sa",
        "identity": "id-shop",
        "role": "Key Vault Secrets User",
    }
    group = "/subscriptions/5b5c5c5b-0000-4000-8000-00000000000b/resourceGroups/rg-shop"
    long = f"{group}/providers/Microsoft.KeyVault/vaults/kv-shop"
    access = [
        {
            **row,
            "secret": "db-password",
            "scope": f"{long}/secrets/db-password",
            "technique": "sdk",
            "asked": True,
        }
    ]
    text = io.StringIO()
    show_outputs(
        Report(outputs={"access": access, "platform": {"vault": long}}), Console(file=text, width=60)
    )
    table, output = text.getvalue().split("platform:")
    assert f"vault: {long}" in output.splitlines()[1]
    cells = "".join(line.split("│")[4].strip() for line in table.splitlines() if line.count("│") > 4)
    assert cells == "kv-shop/secrets/db-password"


def test_the_account_of_an_operator_takes_on_the_identity() -> None:
    row = {"workload": "shop", "namespace": "ns", "serviceAccount": "sa", "access": "operator"}
    subject = "system:serviceaccount:akv2k8s:controller"
    assert "akv2k8s/controller" in _shown(Report(outputs={"access": [{**row, "subject": subject}]}))
    shown = _shown(Report(outputs={"access": [{**row, "subject": None}]}))
    assert "that of the operator" in shown
    assert "ns/sa" not in shown
