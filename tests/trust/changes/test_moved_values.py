"""Variables and files that carry another object than before, and versions: the report tells of each."""

from collections.abc import Mapping, Sequence
from datetime import date
from functools import cache
from typing import Any

import yaml

from tests.each import each
from tests.trust.graphs import build_config
from tests.trust.stacks import BASE
from trust.access import readings
from trust.chain import Chain
from trust.changes.attention import locks, notices
from trust.changes.moved_values import moved_values
from trust.proofs import failures, run

_SECRETS: Sequence[Mapping[str, Any]] = (
    {"name": "db", "from": "existing"},
    {"name": "pay", "from": "existing"},
)
_URL = "postgres://{{ .db }}:{{ .pay }}@db"


def _with(**keys: Sequence[Any]) -> list[dict[str, Any]]:
    """Both secrets, each with its value of a key."""
    return [
        {**secret, **{key: values[place] for key, values in keys.items() if values[place] is not None}}
        for place, secret in enumerate(_SECRETS)
    ]


_OPERATORS = {"csi": ["csi_driver"], "eso": ["external_secrets"]}


@cache
def _chain(text: str) -> Chain:
    worker = {"name": "worker", "namespace": "shop", "image": "registry.example/shop:1"} | yaml.safe_load(
        text
    )
    if worker.get("kind") == "none":
        del worker["image"]
    operators = {key: {} for key in _OPERATORS.get(str(worker["technique"]), ())}
    operators |= {"reloader": {}} if worker.get("reload") else {}
    chain = Chain.read(build_config({**BASE, "operators": operators, "workloads": [worker]}).graph)
    assert failures(run(chain, only={"vault-object-is-there", "secret-key-is-made"})) == []
    return chain


def _workload(technique: str, secrets: Sequence[Mapping[str, Any]], **keys: Any) -> dict[str, Any]:
    return {"technique": technique, "secrets": list(secrets), **keys}


def _sentences(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[list[str], list[str]]:
    """Moved values, then what else is to look at."""
    old, new = (_chain(yaml.safe_dump(dict(workload))) for workload in (before, after))
    was, now = readings(old), readings(new)
    others = [*notices(old, new, was, now, date(2030, 1, 1)), *locks(old.graph, new.graph)]
    return [value.text for value in moved_values(old, new, was, now)], others


_ENV, _SWAPPED = {"env": ["DB", "PAY"]}, {"env": ["PAY", "DB"]}
_CARRY = [
    "variable DB of worker now carries pay instead of db",
    "variable PAY of worker now carries db instead of pay",
]
_FILES = [text.replace("variable DB", "file /mnt/secrets-store/a") for text in _CARRY]
_FILES = [text.replace("variable PAY", "file /mnt/secrets-store/b") for text in _FILES]


@each(
    "before, after, expected",
    [
        *(
            (_workload(name, _with(**_ENV)), _workload(name, _with(**_SWAPPED)), _CARRY)
            for name in ("csi", "eso")
        ),
        (
            _workload("kubernetes-secret", [{**secret, "from": "random"} for secret in _with(**_ENV)]),
            _workload("kubernetes-secret", [{**secret, "from": "random"} for secret in _with(**_SWAPPED)]),
            _CARRY,
        ),
        (
            _workload("eso", _with(**_ENV), kind="none"),
            _workload("eso", _with(**_SWAPPED), kind="none"),
            _CARRY,
        ),
        (
            _workload("csi", _with(file=["a", "b"])),
            _workload("csi", _with(file=["b", "a"])),
            _FILES,
        ),
        (
            _workload("eso", _with(file=["a", "b"]), mount_path="/mnt/secrets-store"),
            _workload("eso", _with(file=["b", "a"]), mount_path="/mnt/secrets-store"),
            _FILES,
        ),
        (
            _workload("csi", _with(file=["a", None], env=[None, "PAY"])),
            _workload("csi", _with(env=["DB", "PAY"])),
            [
                "db of worker is in file /mnt/secrets-store/db and variable DB now,"
                " not in file /mnt/secrets-store/a"
            ],
        ),
        (
            _workload("csi", _with(env=["DB", "PAY"], file=["a", "b"])),
            _workload("csi", _with(env=["DB", None], file=["a", "b"])),
            ["variable PAY of worker is gone, which carried pay"],
        ),
        (
            _workload("eso", _with(**_ENV), compose=[{"name": "url", "template": _URL, "env": "URL"}]),
            _workload(
                "eso",
                _with(**_ENV),
                compose=[{"name": "url", "template": "postgres://{{ .pay }}:{{ .db }}@db", "env": "URL"}],
            ),
            ["variable URL of worker now carries pay and db instead of db and pay"],
        ),
        (
            _workload("eso", [{**_SECRETS[0], "env": "A", "property": "user"}]),
            _workload("eso", [{**_SECRETS[0], "env": "A", "property": "password"}]),
            ["variable A of worker now carries property password of db instead of property user of db"],
        ),
        (
            _workload("sdk", _SECRETS, env={"SIGNING_KEY": "db"}),
            _workload("sdk", _SECRETS, env={"SIGNING_KEY": "pay"}),
            ["variable SIGNING_KEY of worker now names pay instead of db"],
        ),
        # Nothing moves: another order, another value that names no secret, a variable more.
        (_workload("eso", _with(**_ENV)), _workload("eso", _with(**_ENV)[::-1]), []),
        (_workload("sdk", _SECRETS, env={"A": "x"}), _workload("sdk", _SECRETS, env={"A": "pay"}), []),
        (_workload("csi", _with(env=["DB", None])), _workload("csi", _with(**_ENV)), []),
    ],
    ids=lambda case: str(case[1])[10:],
)
def test_a_place_with_another_object_is_told(
    before: Mapping[str, Any], after: Mapping[str, Any], expected: list[str]
) -> None:
    assert _sentences(before, after)[0] == expected


_PIN, _OTHER = "0" * 32, "1" * 32
_STAYS = "a rotation does not change what it gets"


@each(
    "before, after, expected",
    [
        (
            {},
            {"version": _PIN},
            f"worker reads version {_PIN} of db now, not the newest version: {_STAYS}",
        ),
        (
            {"version": _PIN},
            {"version": _OTHER},
            f"worker reads version {_OTHER} of db now, not version {_PIN}: {_STAYS}",
        ),
        ({"version": _PIN}, {}, f"worker reads the newest version of db now, not version {_PIN}"),
        ({}, {}, ""),
    ],
)
def test_another_version_is_told(before: Mapping[str, Any], after: Mapping[str, Any], expected: str) -> None:
    for technique in ("csi", "eso"):
        workloads = [_workload(technique, [{**_SECRETS[0], "env": "DB", **keys}]) for keys in (before, after)]
        assert "\n".join(_sentences(*workloads)[1]) == expected


@each("technique, secret", [("eso", "worker-external.db"), ("csi", "worker-synced.db")])
def test_a_restart_that_reloader_no_longer_makes_is_told(technique: str, secret: str) -> None:
    workload = _workload(technique, _with(env=["DB", None])[:1], reload=True)
    shown = _sentences(workload, {**workload, "reload": False})[1]
    assert f"Reloader no longer restarts the Deployment shop/worker when {secret} changes" in shown
    assert _sentences(workload, {**workload, "env": {"A": "b"}})[1] == []
