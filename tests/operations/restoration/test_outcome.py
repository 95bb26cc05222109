"""The end of `restore`: its document and its exit status."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from operations.azure.refusals import KEY_VAULT, AzureRefusedError
from operations.restoration.deleted import Answers, Deleted
from operations.restoration.outcome import Done, document, exit_status
from operations.restoration.recovery import Recovery

VAULT = Deleted("kv-dev", None, purged="2026-03-01")
SECRET = Deleted("kv-dev", None, "api-key")
FOREIGN = Deleted("kv-shared", None, of_stack=False)
REFUSED = AzureRefusedError(
    "deleted secrets of vault kv-dev", part=KEY_VAULT, status=403, code="ForbiddenByRbac"
)


def recovery(*deleted: Deleted) -> Recovery:
    by_hand = [f"az keyvault recover --name {each.vault}" for each in deleted if not each.of_stack]
    return Recovery(
        Path("Pulumi.dev.yaml"), "dev", [each for each in deleted if each.secret], by_hand=by_hand
    )


@pytest.mark.parametrize(
    ("deleted", "refusals", "done", "status"),
    [
        ([], [], Done(), 0),
        ([], [REFUSED], Done(), 3),
        ([VAULT], [], Done(), 1),
        ([VAULT], [], Done(is_prepared=True), 0),
        ([VAULT], [], Done(is_prepared=True, is_updated=True), 0),
        ([VAULT], [], Done(is_prepared=True, is_updated=False), 1),
        ([VAULT], [REFUSED], Done(is_prepared=True), 3),
        ([VAULT, FOREIGN], [], Done(is_prepared=True, is_updated=True), 1),
        ([SECRET], [REFUSED], Done(), 1),
    ],
)
def test_the_status_is_that_of_doctor_and_verify(
    deleted: Sequence[Deleted], refusals: Sequence[AzureRefusedError], done: Done, status: int
) -> None:
    assert exit_status(Answers(list(deleted), list(refusals)), recovery(*deleted), done) == status


def test_a_document_has_what_is_deleted_what_changes_and_what_is_left() -> None:
    change = Recovery(Path("Pulumi.dev.yaml"), "dev", [SECRET], [None], before="a\n", after="a\nb\n")
    answers = Answers([VAULT, SECRET], [REFUSED])
    done = Done([SECRET], is_prepared=True, next_steps=["pulumi up --refresh --stack dev"])
    made = document("dev", answers, change, done)
    vault: dict[str, Any] = {"kind": "vault", "vault": "kv-dev", "secret": None, "purgedOn": "2026-03-01"}
    secret: dict[str, Any] = {"kind": "secret", "vault": "kv-dev", "secret": "api-key", "purgedOn": None}
    assert made["deleted"] == [
        {**vault, "inState": True, "ofStack": True, "isBack": False},
        {**secret, "inState": True, "ofStack": True, "isBack": True},
    ]
    assert made["unknown"] == [
        {
            "text": "deleted secrets of vault kv-dev: 403 ForbiddenByRbac",
            "nextStep": made["unknown"][0]["nextStep"],
            "page": "docs/troubleshooting.md#forbiddenbyrbac",
        }
    ]
    assert made["unknown"][0]["nextStep"]
    assert made["stackFile"]["isWritten"]
    assert made["stackFile"]["diff"].endswith("+b")
    assert (made["byHand"], made["isUpdated"]) == ([], None)
    assert made["nextSteps"] == ["pulumi up --refresh --stack dev"]
    assert document("dev", Answers(), Recovery(Path("x"), "dev"), Done())["stackFile"] is None
