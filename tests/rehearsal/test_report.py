"""The JSON document and the rendered manifests, made of the engine's events."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from pulumi.automation import EngineEvent

from rehearsal.render.manifests import render
from rehearsal.report import Events, masked, report, with_keys
from rehearsal.simulators.kubernetes.apiserver.validation.rules import object_failures
from tests.simulators.kubernetes.apiserver.recorded import OBJECTS

SIGNATURE = "4dabf18193072939515e22adb298388d"
SECRET = {SIGNATURE: "1b47061264138c4ac30d75fd1eb44270", "ciphertext": "v1:x"}
STACK = "urn:pulumi:dev::app::pulumi:pulumi:Stack::app-dev"


def row(urn: str, **more: Any) -> dict[str, Any]:
    return {"urn": urn, "type": urn.split("::")[2].rsplit("$", 1)[-1], **more}


def test_every_secret_is_masked_at_any_depth() -> None:
    assert masked({"a": SECRET, "b": [{"c": SECRET}], "d": 1}) == {
        "a": "[secret]",
        "b": [{"c": "[secret]"}],
        "d": 1,
    }


def test_a_row_has_its_operation_and_its_dependencies() -> None:
    urn = "urn:pulumi:dev::app::random:index/randomId:RandomId::id"
    state = {
        "resources": [
            row(STACK, outputs={"a": SECRET}),
            row(
                urn,
                id="abc",
                parent=STACK,
                dependencies=["x"],
                inputs={"b": 1},
                outputs={"b": 1, "c": SECRET},
                protect=True,
            ),
        ]
    }
    document = report(Events(operations={urn: "create"}), state).document()
    assert document["resources"][1] == {
        "op": "create",
        "urn": urn,
        "id": "abc",
        "type": "random:index/randomId:RandomId",
        "name": "id",
        "parent": STACK,
        "provider": "",
        "dependencies": ["x"],
        "inputs": {"b": 1},
        "outputs": {"b": 1, "c": "[secret]"},
        "protect": True,
        "external": False,
    }
    assert document["resources"][0]["outputs"] == {}
    assert document["outputs"] == {"a": "[secret]"}


def test_a_changed_row_names_what_changes_and_what_replaces_it() -> None:
    events = Events()
    for operation, diffs in (
        ("create-replacement", {"spec.name": "update-replace", "spec.size": "update"}),
        ("delete-replaced", {}),
    ):
        events.handle(event("resourcePreEvent", "u::p::t::a", operation, diffs))
    events.handle(event("resourcePreEvent", "u::p::t::b", "update", {"tags": "add"}))
    events.handle(event("resourcePreEvent", "u::p::t::c", "same", {}))
    state = {"resources": [row(f"u::p::t::{name}") for name in "abc"]}
    changes = [
        (entry.get("diffs"), entry.get("replace_reasons"))
        for entry in report(events, state).document()["resources"]
    ]
    assert changes == [(["spec.name", "spec.size"], ["spec.name"]), (["tags"], None), (None, None)]


def test_the_result_of_a_refresh_is_in_the_outputs_event() -> None:
    events = Events()
    for urn, operation in (
        ("u::p::t::same", "same"),
        ("u::p::t::changed", "update"),
        ("u::p::t::gone", "delete"),
    ):
        events.handle(event("resourcePreEvent", urn, "refresh"))
        events.handle(event("resOutputsEvent", urn, operation))
    state = {"resources": [row("u::p::t::same"), row("u::p::t::changed")]}
    rows = report(events, state).document()["resources"]
    assert [(entry["name"], entry["op"]) for entry in rows] == [
        ("same", "same"),
        ("changed", "update"),
        ("gone", "delete"),
    ]


def test_a_failed_operation_is_not_reported_as_done() -> None:
    events = Events()
    events.handle(event("resourcePreEvent", "u::p::t::a", "update"))
    events.handle(event("resOpFailedEvent", "u::p::t::a", "update"))
    assert report(events, {"resources": [row("u::p::t::a")]}).document()["resources"][0]["op"] == "same"


def event(kind: str, urn: str, operation: str, diffs: dict[str, str] | None = None) -> EngineEvent:
    old = {"urn": urn, "type": "t", "id": "", "parent": "", "provider": "", "inputs": {}}
    metadata = {"op": operation, "urn": urn, "type": "t", "provider": "", "old": old}
    if diffs:
        metadata["detailedDiff"] = {path: {"diffKind": kind_} for path, kind_ in diffs.items()}
    return EngineEvent.from_json(
        {"sequence": 1, "timestamp": 1, kind: {"metadata": metadata, "status": 0, "steps": 0}}
    )


def test_a_diagnostic_is_listed_once() -> None:
    events = Events()
    for _ in range(2):
        events.add("error", "", "no")
    assert report(events, None).document()["diagnostics"] == [
        {"severity": "error", "urn": "", "message": "no"}
    ]


def test_manifests_are_one_file_each_and_hold_no_secret(tmp_path: Path) -> None:
    def resource(type_: str, inputs: dict[str, Any], op: str = "create") -> dict[str, Any]:
        return {"type": type_, "inputs": inputs, "op": op}

    secret = {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {"name": "app", "namespace": "demo"},
        "stringData": {"a": "canary"},
    }
    paths = render(
        [
            resource(
                "kubernetes:core/v1:Namespace",
                {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "demo"}},
            ),
            resource("kubernetes:core/v1:Secret", secret),
            resource(
                "kubernetes:core/v1:Namespace",
                {"kind": "Namespace", "metadata": {"name": "old"}},
                op="delete",
            ),
            resource("kubernetes:helm.sh/v3:Release", {"chart": "x"}),
            resource("random:index/randomId:RandomId", {}),
        ],
        tmp_path,
    )
    assert [path.name for path in paths] == ["namespace-demo.yaml", "secret-demo-app.yaml"]
    assert yaml.safe_load(paths[1].read_text())["stringData"] == {"a": "[secret]"}


def test_a_secret_whose_whole_data_is_marked_keeps_its_keys() -> None:
    urn = "urn:pulumi:dev::app::kubernetes:core/v1:Secret::app"
    marked = {**SECRET, "plaintext": '{"user":"canary","password":"canary"}'}
    rows = [row(urn, inputs={"kind": "Secret", "stringData": SECRET, "data": {"a": SECRET}})]
    opened = [row(urn, inputs={"kind": "Secret", "stringData": marked, "data": {"a": marked}})]
    (shown,) = with_keys(report(Events(), {"resources": rows}), {"resources": opened}).resources
    masks = {"user": "[secret]", "password": "[secret]"}
    assert shown["inputs"] == {"kind": "Secret", "stringData": masks, "data": {"a": "[secret]"}}


@pytest.mark.parametrize("name", [name for name, made in OBJECTS.items() if made.get("kind") == "Secret"])
def test_a_rendered_secret_is_one_that_the_api_server_takes(name: str, tmp_path: Path) -> None:
    urn = "urn:pulumi:dev::app::kubernetes:core/v1:Secret::app"
    (path,) = render([row(urn, op="create", inputs=OBJECTS[name])], tmp_path)
    written = yaml.safe_load(path.read_text())
    assert written["type"] == OBJECTS[name]["type"]
    for part in ("data", "stringData"):
        assert written.get(part, {}).keys() == OBJECTS[name].get(part, {}).keys()
    assert list(object_failures("", "Secret", written, 36)) == []
    assert "aGVsbG8=" not in path.read_text()
