"""The Secret that the External Secrets Operator writes: policies, ownership, templates."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest

from rehearsal.simulators.kubernetes.operators.external_secrets.gotemplate.lexer import TemplateError
from rehearsal.simulators.kubernetes.operators.external_secrets.gotemplate.parser import parse
from tests.support.acting import manifest
from tests.support.eso import DATA, SECRET, EsoScene, external_secret
from tests.support.manifests import DEPLOYMENT, deployment

CREATED_BY = "reconcile.external-secrets.io/created-by"
OTHER = {"secretKey": "user", "remoteRef": {"key": "db", "property": "user"}}
FAILED = (
    "UpdateFailed: could not apply template: could not execute template: could not execute template: "
    "unable to execute template at key "
)


def somebodys(scene: EsoScene, **more: Any) -> None:
    """A Secret `db` that exists before."""
    desired = manifest("v1", "Secret", "db", "demo", type="Opaque", stringData={"mine": "x"}, **more)
    scene.kubernetes.create("core/v1:Secret", desired)


def forget(scene: EsoScene, name: str = "db") -> None:
    """`az keyvault secret delete`."""
    secret = scene.azure.world.remove_only(f"{scene.secret.id.rsplit('/', 1)[0]}/{name}")
    assert secret is not None
    scene.azure.world.deleted_secrets[secret.id.lower()] = secret


def test_the_secret_is_marked_and_owned(scene: EsoScene) -> None:
    made = scene.kubernetes.create(
        SECRET, {**external_secret(), "metadata": {"name": "db", "namespace": "demo", "labels": {"a": "b"}}}
    )
    metadata = scene.made()["metadata"]
    label = hashlib.sha3_224(b"demo/db").hexdigest()
    assert metadata["labels"] == {
        "a": "b",
        "reconcile.external-secrets.io/managed": "true",
        CREATED_BY: label,
    }
    (owner,) = metadata["ownerReferences"]
    assert (owner["kind"], owner["name"], owner["uid"]) == (
        "ExternalSecret",
        "db",
        made.outputs["metadata"]["uid"],
    )
    assert scene.the("ExternalSecret")["status"]["binding"] == {"name": "db"}


@pytest.mark.parametrize("policy", ["Owner", "Orphan", "CreateOrMerge"])
def test_an_owned_secret_goes_with_its_external_secret(scene: EsoScene, policy: str) -> None:
    made = scene.secret_of(target={"creationPolicy": policy})
    scene.kubernetes.delete(SECRET, made)
    assert ("core/Secret/demo/db" in scene.objects()) is (policy != "Owner")


@pytest.mark.parametrize(
    ("policy", "keys"),
    [
        ("Owner", {"password"}),
        ("Orphan", {"password"}),
        ("Merge", {"mine", "password"}),
        ("CreateOrMerge", {"mine", "password"}),
        ("None", {"mine"}),
    ],
)
def test_a_policy_says_what_stays_of_a_secret_that_is_there(
    scene: EsoScene, policy: str, keys: set[str]
) -> None:
    somebodys(scene)
    scene.secret_of(target={"creationPolicy": policy})
    secret = scene.made()
    assert {*secret.get("data", {}), *secret.get("stringData", {})} == keys
    assert scene.condition() == ("True", "SecretSynced", "secret synced")


@pytest.mark.parametrize(("policy", "reason"), [("Merge", "SecretMissing"), ("None", "SecretSynced")])
def test_two_policies_make_no_secret(scene: EsoScene, policy: str, reason: str) -> None:
    scene.secret_of(target={"creationPolicy": policy})
    assert "core/Secret/demo/db" not in scene.objects()
    assert scene.condition()[:2] == ("True", reason)


def test_a_key_that_is_no_longer_asked_for_goes(scene: EsoScene) -> None:
    somebodys(scene)
    made = scene.secret_of(DATA, OTHER, target={"creationPolicy": "Merge"})
    assert set(scene.made()["data"]) == {"mine", "password", "user"}
    scene.kubernetes.update(SECRET, made, external_secret(DATA, target={"creationPolicy": "Merge"}))
    assert set(scene.made()["data"]) == {"mine", "password"}


def test_an_owner_has_one_secret(scene: EsoScene) -> None:
    made = scene.secret_of(target={"name": "old"})
    scene.kubernetes.update(SECRET, made, external_secret(target={"name": "new"}))
    assert [key for key in scene.objects() if "/Secret/" in key] == ["core/Secret/demo/new"]


def test_two_owners_of_one_secret_do_not_agree(scene: EsoScene) -> None:
    scene.secret_of()
    scene.kubernetes.create(SECRET, external_secret(name="second", target={"name": "db"}))
    second = scene.objects()["external-secrets.io/ExternalSecret/demo/second"]
    assert second["status"]["conditions"][0]["message"] == "target is owned by another ExternalSecret"
    assert (
        scene.event()
        == "UpdateFailed: unable to mutate secret db: secret is owned by another ExternalSecret: db"
    )


def test_an_immutable_secret_keeps_its_values(scene: EsoScene) -> None:
    scene.secret_of(target={"immutable": True})
    before = scene.made()
    assert before["immutable"] is True
    scene.rotate()
    assert scene.made()["data"] == before["data"]
    assert scene.condition()[0] == "True"


@pytest.mark.parametrize(
    ("policy", "there", "condition"),
    [
        ("Retain", True, ("False", "SecretSyncedError", "could not get secret data from provider")),
        ("Delete", False, ("True", "SecretDeleted", "secret deleted due to DeletionPolicy=Delete")),
        ("Merge", True, ("True", "SecretSynced", "secret synced")),
    ],
)
def test_a_deletion_policy_says_what_becomes_of_a_secret_that_the_vault_has_no_longer(
    scene: EsoScene, policy: str, there: bool, condition: tuple[str, str, str]
) -> None:
    scene.secret_of(target={"deletionPolicy": policy})
    forget(scene)
    scene.poll()
    assert ("core/Secret/demo/db" in scene.objects()) is there
    assert scene.condition() == condition
    if policy == "Retain":
        assert (
            scene.event()
            == "UpdateFailed: error processing spec.data[0] (key: db), err: Secret does not exist"
        )


def test_a_secret_of_the_operator_stays_when_pods_go(scene: EsoScene) -> None:
    scene.secret_of()
    made = scene.kubernetes.create(DEPLOYMENT, deployment())
    scene.kubernetes.delete(DEPLOYMENT, made)
    assert scene.made()["data"]


def test_a_template_says_type_metadata_and_keys(scene: EsoScene) -> None:
    metadata = {"labels": {"app": "web"}, "annotations": {"note": "fixed"}}
    data = {
        "config": "password={{ .password }}",
        "plain": "text",
        "same": "{{ .password }}",
        "index": '{{ index . "password" }}',
    }
    scene.secret_of(target={"template": {"type": "example.com/config", "metadata": metadata, "data": data}})
    secret = scene.made()
    seal = scene.azure.world.keyed_hash
    assert secret["type"] == "example.com/config"
    assert secret["metadata"]["labels"]["app"] == "web"
    assert secret["metadata"]["annotations"]["note"] == "fixed"
    assert set(secret["data"]) == set(data)
    assert (secret["data"]["plain"], secret["data"]["same"], secret["data"]["index"]) == (
        seal("text"),
        seal("hunter2"),
        seal("hunter2"),
    )
    before = secret["data"]
    scene.rotate()
    assert {key for key, value in scene.made()["data"].items() if value != before[key]} == {
        "config",
        "same",
        "index",
    }


@pytest.mark.parametrize(
    ("template", "keys"),
    [
        ({"data": {"a": "b"}, "mergePolicy": "Merge"}, {"a", "password"}),
        ({"metadata": {"labels": {"a": "b"}}}, {"password"}),
        ({"templateFrom": [{"configMap": {"name": "texts", "items": [{"key": "x"}]}}]}, {"x"}),
    ],
    ids=["merged", "without data", "from a config map"],
)
def test_a_template_replaces_unless_it_has_nothing_to_say(
    scene: EsoScene, template: dict[str, Any], keys: set[str]
) -> None:
    scene.kubernetes.create(
        "core/v1:ConfigMap", manifest("v1", "ConfigMap", "texts", "demo", data={"x": "{{ .password }}"})
    )
    scene.secret_of(target={"template": template})
    assert set(scene.made()["data"]) == keys


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("{{ .db-password }}", "unable to parse template at key k: template: k:1: bad character U+002D '-'"),
        (
            "{{ password }}",
            'unable to parse template at key k: template: k:1: function "password" not defined',
        ),
        (
            "a\n{{ .user | upper }}",
            'unable to execute template at key k: template: k:2:3: executing "k" at <.user>: map has no '
            'entry for key "user"',
        ),
    ],
    ids=["a dash", "no dot", "no such key"],
)
def test_a_template_that_go_refuses_makes_no_secret(scene: EsoScene, text: str, says: str) -> None:
    scene.secret_of(target={"template": {"data": {"k": text}}})
    assert scene.event() == f"{FAILED}k: {says}"
    assert scene.condition() == ("False", "SecretSyncedError", "could not update secret")


def test_a_template_from_what_is_not_there_makes_no_secret(scene: EsoScene) -> None:
    scene.secret_of(
        target={"template": {"templateFrom": [{"configMap": {"name": "texts", "items": [{"key": "x"}]}}]}}
    )
    fetching = "UpdateFailed: could not apply template: error fetching templateFrom data: "
    assert scene.event() == f'{fetching}configmaps "texts" not found'
    scene.kubernetes.create("core/v1:ConfigMap", manifest("v1", "ConfigMap", "texts", "demo", data={"y": ""}))
    assert scene.event() == f"{fetching}error in configmap texts: missing key x"


def test_a_type_wants_its_keys_and_never_changes(scene: EsoScene) -> None:
    made = scene.secret_of(target={"template": {"type": "kubernetes.io/tls"}})
    says = (
        'UpdateFailed: Secret "db" is invalid: [data[tls.crt]: Required value, data[tls.key]: Required value]'
    )
    assert scene.event() == says
    made = scene.kubernetes.update(SECRET, made, external_secret())
    scene.kubernetes.update(
        SECRET, made, external_secret(target={"template": {"type": "example.com/config"}})
    )
    wrong = 'type: Invalid value: "example.com/config": field is immutable'
    assert scene.event() == f'UpdateFailed: unable to update secret db: Secret "db" is invalid: {wrong}'


@pytest.mark.parametrize(
    ("text", "says"),
    [
        # Go 1.26's answers, with the keys `a` and `b-c`
        ("{{ .a", "template: k:1: unclosed action"),
        ("{{ .a }", 'template: k:1: unexpected "}" in operand'),
        ('{{ "abc }}', "template: k:1: unterminated quoted string"),
        ("{{ if .a }}x", "template: k:1: unexpected EOF"),
        ("{{ end }}", "template: k:1: unexpected {{end}}"),
        ("{{ }}", "template: k:1: missing value for command"),
        ("{{ $x := .a }}{{ $y }}", 'template: k:1: undefined variable "$y"'),
        ("{{ ( .a }}", "template: k:1: unclosed left paren"),
        ("{{ .a ) }}", "template: k:1: unexpected right paren"),
        ("{{ .a.b }}", 'template: k:1:5: executing "k" at <.a.b>: can\'t evaluate field b in type string'),
        ("{{ $.zz }}", 'template: k:1:4: executing "k" at <$.zz>: map has no entry for key "zz"'),
        ("{{ if .zz }}{{ end }}", 'template: k:1:6: executing "k" at <.zz>: map has no entry for key "zz"'),
        ("{{ .a b64enc }}", 'template: k:1:3: executing "k" at <.a>: a is not a method but has arguments'),
        ('{{ index . "nope" }}', ""),
        ("{{ if .a }}{{ .zz }}{{ end }}", ""),
        ("{{- range $k, $v := . }}{{ $k }}{{ end -}}{{/* note */}}", ""),
        ('{{ (index . "b-c") | b64enc | quote }}', ""),
    ],
)
def test_a_template_is_read_as_go_reads_it(text: str, says: str) -> None:
    message = ""
    try:
        parse("k", text).require_keys({"a", "b-c"})
    except TemplateError as error:
        message = str(error)
    assert message == says
