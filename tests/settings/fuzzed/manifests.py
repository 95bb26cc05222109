"""Fragments of Kubernetes manifests: the keys and types of their kind, with values at limits of its rules."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from typing import Any, Final

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from stacks.settings.types import kubernetes_types

_KEYS: Final = ("kubernetes.io/hostname", "team", "a/b", "", "a b", "a/b/c", "a" * 64)
_OPERATORS: Final = ("In", "NotIn", "Exists", "DoesNotExist", "Gt", "Lt", "in", "")
_VALUES: Final = ("shop", "1", "", "a b", "a" * 64, "-1", "1.5")
_OTHERS: Final = ("metadata.name", "shop", "Shop", "", "a b", "a" * 64)
_SCALARS: Final[Mapping[str, SearchStrategy[Any]]] = {
    "string": st.sampled_from(_OTHERS),
    "boolean": st.booleans(),
    "integer": st.sampled_from([1, 100, 0, 101, -1, 50]),
    "int-or-string": st.sampled_from([0, 1, "1", "100%", "101%", "x"]),
    "quantity": st.sampled_from(["1", "0", "250m", "-1", "1Gi"]),
}
_NAMED: Final[Mapping[str, SearchStrategy[Any]]] = {
    "key": st.sampled_from(_KEYS),
    "topologyKey": st.sampled_from(_KEYS),
    "operator": st.sampled_from(_OPERATORS),
    "values": st.lists(st.sampled_from(_VALUES), max_size=2),
    "matchLabelKeys": st.lists(st.sampled_from(_KEYS), max_size=2),
    "mismatchLabelKeys": st.lists(st.sampled_from(_KEYS), max_size=2),
    "matchLabels": st.dictionaries(st.sampled_from(_KEYS), st.sampled_from(_VALUES), max_size=2),
}


@cache
def fragments(form: str) -> SearchStrategy[Any]:
    """Values of a form of kubernetes_types.json: the name of a type, `[]` or `{}` before one, or a scalar."""
    types = _types()
    if form.startswith("[]"):
        return st.lists(fragments(form[2:]), max_size=2)
    if form.startswith("{}"):
        return st.dictionaries(st.sampled_from(_KEYS), fragments(form[2:]), max_size=2)
    if form not in types:
        return _SCALARS[form]
    fields = {
        name: _NAMED.get(name, st.deferred(lambda of=of: fragments(of))) for name, of in types[form].items()
    }
    return st.fixed_dictionaries({}, optional=fields)


@cache
def _types() -> Mapping[str, Mapping[str, str]]:
    path = kubernetes_types.Path(kubernetes_types.__file__).with_suffix(".json")
    return json.loads(path.read_text(encoding="utf-8"))["types"]


def type_named(name: str) -> str:
    """The full name of a type of Kubernetes."""
    return next(full for full in _types() if full.rpartition(".")[2] == name)
