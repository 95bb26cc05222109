"""Nodes and their values."""

import copy

import pytest

from trust.graph import Graph, Node
from trust.values import MISSING, UNKNOWN, at, cleaned, written

STACK = "urn:pulumi:dev::app::pulumi:pulumi:Stack::app-dev"


def test_unknown_is_false_equals_nothing_and_stays_one() -> None:
    assert not UNKNOWN
    assert f"{UNKNOWN}" == "unknown"
    assert UNKNOWN not in ("", "unknown", None)
    assert copy.deepcopy({"a": UNKNOWN})["a"] is UNKNOWN


@pytest.mark.parametrize(
    "value",
    ["04da6b54-80e4-46f7-96ec-b56ff0331ba9", "https://04da6b54-80e4-46f7-96ec-b56ff0331ba9.example.com"],
)
def test_the_engines_unknown_values_are_unknown_also_within_a_text(value: str) -> None:
    assert cleaned({"a": [value]}) == {"a": [UNKNOWN]}


def test_a_path_walks_keys_with_dots_and_lists() -> None:
    value = {"a": [{"b.c/d": 1}], "u": UNKNOWN}
    assert at(value, ("a", 0, "b.c/d")) == 1
    assert at(value, "a[0]") == {"b.c/d": 1}
    assert at(value, "u.x.y") is UNKNOWN
    assert at(value, "a[1]") is MISSING
    assert written(("a", 0, "b.c/d", "e")) == 'a[0]["b.c/d"].e'


def node(name: str, **more: object) -> Node:
    return Node(urn=f"urn:pulumi:dev::app::a:b:C::{name}", type="a:b:C", name=name, **more)  # type: ignore[arg-type] any field


def test_a_known_value_comes_before_an_unknown_one_and_an_output_before_an_input() -> None:
    old = node("x", inputs={"a": 1, "b": 1, "c": UNKNOWN}, outputs={"a": UNKNOWN, "b": 2, "d": None})
    assert (old.get("a"), old.get("b"), old.get("c"), old.get("d", 5)) == (1, 2, UNKNOWN, None)
    assert (old.get("missing", 3), old.input("missing", 4), old.input("c")) == (3, 4, UNKNOWN)
    new = node("x", inputs={"a": 1}, outputs_known=False)
    assert (new.get("a"), new.get("id.of")) == (1, UNKNOWN)


def test_types_are_found_in_every_version_of_their_api() -> None:
    tokens = [
        "azure-native:keyvault:Vault",
        "azure-native:keyvault/v20230701:Vault",
        "kubernetes:external-secrets.io/v1beta1:ExternalSecret",
        "kubernetes:core/v1:Secret",
        "kubernetes:secrets-store.csi.x-k8s.io/v1:SecretProviderClass",
    ]
    graph = Graph(
        [Node(urn=f"u::p::{token}::{i}", type=token, name=str(i)) for i, token in enumerate(tokens)], "state"
    )
    assert len(graph.of_type("azure-native:keyvault:Vault")) == 2
    assert [item.name for item in graph.of_kind("external-secrets.io", "ExternalSecret")] == ["2"]
    assert [item.name for item in graph.of_kind("core", "Secret")] == ["3"]


def test_parents_that_form_a_circle_end() -> None:
    first, second = "u::p::a:b:C::1", "u::p::a:b:C::2"
    graph = Graph(
        [
            Node(urn=first, type="a", name="1", parent=second),
            Node(urn=second, type="a", name="2", parent=first),
        ],
        "state",
    )
    assert [parent.name for parent in graph.ancestors(graph.nodes[first])] == ["2"]
