"""No settings end in a traceback: the shipped stacks, changed at random, are read or refused.

More runs than the suite has: ``MUTATIONS=20000 python -m pytest -q tests/settings/test_mutations.py``.
"""

import copy
import json
import os
import random
from collections.abc import Iterator
from typing import Any

from ruamel.yaml import YAML

from stacks.settings.loader import read
from stacks.settings.types import kubernetes_types
from tests.settings.cases import is_encrypted
from tests.support.plan import STACK_FILES

RUNS = int(os.environ.get("MUTATIONS", "400"))
_VALUES: list[Any] = [
    *(
        None,
        True,
        False,
        0,
        1,
        -1,
        1.5,
        2**70,
        -(2**63),
        1e308,
        "",
        " ",
        "a",
        "x" * 400,
        "²",
        "\ud800",
        "\x00",
    ),
    *("null", "true", "1", "{{ ", "{{ .a }}", "$patch"),
    *("10.0.0.0/8", "0.0.0.0/0", "1.2.3.4/33", "::/0"),
    *([], {}, [None], [[]], [{}], {"": ""}, {"a": {"a": 1}}, {"name": ["a"]}, {"name": {"a": 1}}),
    *([{"name": "a"}, {"name": "a"}], ["a", "a"], [1, "a", None], {"secure": "x"}, {"$patch": "delete"}),
]


def _documents() -> list[dict[str, Any]]:
    yaml = YAML(typ="safe")
    return [json.loads(json.dumps(yaml.load(path), default=str))["config"] for path in STACK_FILES]


def _places(value: Any, at: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The path of every value in a document."""
    items: Any = (
        value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    )
    for step, inner in items:
        yield (*at, step)
        yield from _places(inner, (*at, step))


def _parent(document: Any, path: tuple[Any, ...]) -> Any:
    for step in path[:-1]:
        document = document[step]
    return document


def _mutate(chance: random.Random, document: dict[str, Any]) -> None:
    path = chance.choice(list(_places(document)))
    parent, step = _parent(document, path), path[-1]
    other = chance.choice(list(_places(document)))
    match chance.randrange(7):
        case 0:
            parent[step] = copy.deepcopy(chance.choice(_VALUES))
        case 1:
            del parent[step]
        case 2:
            parent[step] = [parent[step]] if chance.random() < 0.5 else {"a": parent[step]}
        case 3 if isinstance(parent, list):
            parent.insert(0, copy.deepcopy(parent[step]))
        case 4 if isinstance(parent, dict):
            parent[f"{step}{chance.choice('sx_- :')}"] = parent.pop(step)
        case 5:
            parent[step] = copy.deepcopy(_parent(document, other)[other[-1]])
        case _:
            _override(chance, document)


def _override(chance: random.Random, document: dict[str, Any]) -> None:
    """Overrides in a workload: a manifest of its kind, with odd values in places."""
    workloads = document.get("aks-secrets:workloads")
    if isinstance(workloads, list) and workloads and isinstance(workload := chance.choice(workloads), dict):
        types = json.loads(_TYPES)
        kind = chance.choice(list(types["kinds"].values()))
        workload["overrides"] = _manifest(chance, types["types"], kind, 7)


_TYPES = kubernetes_types.Path(kubernetes_types.__file__).with_suffix(".json").read_text(encoding="utf-8")
_SCALARS: dict[str, list[Any]] = {
    "string": ["a", "default", "app"],
    "boolean": [True, False],
    "integer": [0, 1, 65535],
    "int-or-string": [1, "25%"],
    "quantity": ["1", "1Gi", 0.5],
}


def _manifest(chance: random.Random, types: dict[str, dict[str, str]], form: str, depth: int) -> Any:
    if chance.random() < 0.02:
        return copy.deepcopy(chance.choice(_VALUES))
    if form.startswith("[]"):
        return [_manifest(chance, types, form[2:], depth - 1) for _ in range(chance.randrange(3))]
    if form.startswith("{}"):
        return {chance.choice("ab"): _manifest(chance, types, form[2:], depth - 1)}
    if form not in types:
        return chance.choice(_SCALARS.get(form, _VALUES))
    fields = list(types[form])
    usual = [
        field for field in ("spec", "template", "jobTemplate", "containers", "name", "env") if field in fields
    ]
    chosen = {*usual, *chance.sample(fields, min(2, len(fields)))} if depth > 0 else set[str]()
    return {field: _manifest(chance, types, types[form][field], depth - 1) for field in sorted(chosen)}


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def test_a_changed_stack_is_read_or_refused() -> None:
    documents = _documents()
    first = random.randrange(2**32) if "MUTATIONS" in os.environ else 0
    refused = sum(_is_refused(documents, seed) for seed in range(first, first + RUNS))
    assert refused > RUNS // 8, "the changes are too small to prove anything"


def _is_refused(documents: list[dict[str, Any]], seed: int) -> bool:
    """Whether a document with up to three changes is refused, and not read."""
    chance = random.Random(seed)
    changed = copy.deepcopy(chance.choice(documents))
    for _ in range(chance.randint(1, 3)):
        if changed:
            _mutate(chance, changed)
    config = {str(key): _text(value) for key, value in changed.items()}
    try:
        accepted, problems = read("aks-secrets", "dev", config, is_encrypted)
        lines = [str(problem) for problem in problems]
    except Exception as error:  # whatever it is, the document is what one needs to see
        error.add_note(f"seed {seed}: {json.dumps(changed)}")
        raise
    assert accepted is not None or lines, f"seed {seed}: neither read nor refused: {json.dumps(changed)}"
    return bool(lines)
