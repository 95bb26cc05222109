"""Operations on resources, from the engine's own word or by comparison."""

from __future__ import annotations

from typing import Any

from trust.changes.resources import resource_changes
from trust.graph import STACK_TYPE, Graph, Node

VAULT = "azure-native:keyvault:Vault"


def node(name: str, op: str = "same", token: str = VAULT, **more: Any) -> Node:
    inputs = more.pop("inputs", {"vaultName": name})
    return Node(urn=f"urn::{name}", type=token, name=name, id=f"/{name}", op=op, inputs=inputs, **more)


def sentences(after: Graph, before: Graph | None = None) -> list[str]:
    return [str(change) for change in resource_changes(after, before)]


def test_the_engines_operations_come_with_their_causes_and_the_weightiest_first() -> None:
    after = Graph(
        [
            node("new", "create"),
            node("kept"),
            node("changed", "update", diffs=("tags.a",)),
            node("moved", "replace", diffs=("location", "tags.a"), replace_reasons=("location",)),
            node("taken", "import"),
            node("stack", "update", STACK_TYPE),
            node("default", "create", "pulumi:providers:azure-native"),
        ],
        "rehearsal",
        deleted=[
            node("gone", "delete"),
            node("role", "delete", "azure-native:authorization:RoleAssignment", inputs={}),
        ],
    )
    assert sentences(after) == [
        "the vault moved is replaced (location)",
        "the vault gone is deleted",
        "the RoleAssignment role is deleted",
        "the vault changed is updated (tags.a)",
        "the vault new is created",
        "the vault taken is taken into the state",
    ]
    assert [change.node.name for change in resource_changes(after) if change.is_weighty] == ["moved", "gone"]


def test_two_rehearsals_from_nothing_are_compared() -> None:
    before = Graph([node("a", "create"), node("b", "create"), node("c", "create")], "rehearsal")
    after = Graph(
        [
            node("a", "create"),
            node("b", "create", inputs={"vaultName": "b", "properties": {"sku": {"name": "premium"}}}),
            node("d", "create"),
        ],
        "rehearsal",
    )
    assert sentences(after, before) == [
        "the vault c is deleted",
        "the vault b is updated (properties.sku.name)",
        "the vault d is created",
    ]


def test_a_vault_that_goes_stands_before_the_secrets_in_it() -> None:
    secrets = [
        node(f"a-{number}", "replace", "azure-native:keyvault:Secret", inputs={"secretName": f"a-{number}"})
        for number in range(40)
    ]
    after = Graph([*secrets, node("shop", "replace", replace_reasons=("vaultName",))], "rehearsal")
    assert sentences(after)[0] == "the vault shop is replaced (vaultName)"


def test_what_is_replaced_has_its_own_name_whatever_document_tells_it() -> None:
    expected = ["the vault shop is replaced by store (vaultName)"]
    new, old = {"vaultName": "store"}, {"vaultName": "shop"}
    replaced = node("v", "replace", inputs=new, replace_reasons=("vaultName",))
    before = Graph([node("v", inputs=old)], "state")
    assert sentences(Graph([replaced], "rehearsal"), before) == expected
    previewed = node("v", "replace", inputs=new, replace_reasons=("vaultName",), replaced_inputs=old)
    assert sentences(Graph([previewed], "preview")) == expected
    assert sentences(Graph([node("v", "create", inputs=new)], "rehearsal"), before) == expected
