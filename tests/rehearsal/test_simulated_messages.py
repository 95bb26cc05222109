"""Every message that the simulators send is explained, or is in a list with its reason."""

import re
from functools import cache

import pytest

from operations.failures import Explanation, Symptom, explain
from tests.rehearsal.simulated_messages import Message, messages


@cache
def every() -> list[tuple[Message, Explanation | None]]:
    """Each message, and what explains it."""
    return [(message, explain(Symptom(text=message.text, code=message.code))) for message in messages()]


SAYS_ALL = "the message has property, value and what is allowed; the settings refuse it before"
SEED = "a message of the rehearsal itself about --cloud, an option or its own code, with what to do"
PART = "a part of a message, around or inside the ones that are explained"
REASONS: tuple[tuple[str, str, str], ...] = (
    (r"seed.*|__main__|world|sdk_schema|wire|random|provider|faults/\w+", r"", SEED),
    (r"azure/provider|azure/invokes", r"", SEED),
    (r"azure/(eventgrid|insights)", r"", SAYS_ALL),
    (r"azure/network/.*", r"", SAYS_ALL),
    (
        r"azure/containerservice/(egress|node_pools|clusters|private_clusters|kms|extensions|identity_bindings)",
        r"",
        SAYS_ALL,
    ),
    (r"azure/listed_keys", r"Kindly enable admin user", SAYS_ALL),
    (r"azure/(listed_keys|subscriptions)", r"^request failed sample", PART),
    (
        r"kubernetes/token_proxy",
        r"",
        "the real words are not published; verify finds it by 'identity binding' and 'right to use'",
    ),
    (r"azure/(resources|managedidentity|keyvault/\w+|authorization)", r"", SAYS_ALL),
    (r"azure/arm", r"role assignment", "the state has it and Azure not: a refresh drops it"),
    (r"azure/entra", r"sample: No matching federated identity record", PART),
    (r"kubernetes/apiserver/(validation|pod_security)/.*", r"", PART),
    (r"kubernetes/apiserver/openapi", r"run `make setup`", SEED),
    (r"kubernetes/apiserver/go_regexp", r"is not known here", SEED),
    (
        r"kubernetes/(cluster|controllers/namespaces)",
        r"",
        "an answer to a read or a deletion, not to an update",
    ),
    (
        r"kubernetes/operators/akv2k8s/key_vault",
        r"^transform type|^no datakey specified",
        "the program writes a key into each object and no transform",
    ),
    (r"kubernetes/operators/csi/driver", r"driver name sample|sample not set in", PART),
    (r"kubernetes/operators/dapr/\w+", r"secrets \"|sample/sample|kube/config", PART),
    (r"kubernetes/operators/dapr/go_sdk", r": sample$|:\nsample$", PART),
    (r"kubernetes/operators/external_secrets/.*", r"sample|^time: |generic targets", PART),
    (r"kubernetes/provider/(wait_for|patches|kubeconfig|provider|errors)", r"", SAYS_ALL),
)
"""File without its suffix, a part of the text, and why no failure explains it."""


def _reason(message: Message) -> str:
    file = message.file.removesuffix(".py")
    reasons = (
        why for files, text, why in REASONS if re.fullmatch(files, file) and re.search(text, message.text)
    )
    return next(reasons, "")


def test_every_message_is_explained_or_has_a_reason_not_to_be() -> None:
    assert len(every()) > 300
    unexplained = [
        f"{message.file}:{message.line} {message.code} {message.text}"
        for message, explanation in every()
        if explanation is None and not _reason(message)
    ]
    assert unexplained == []


@pytest.mark.parametrize("row", REASONS, ids=lambda row: row[0])
def test_no_reason_is_left_over(row: tuple[str, str, str]) -> None:
    assert any(
        re.fullmatch(row[0], message.file.removesuffix(".py")) and re.search(row[1], message.text)
        for message, explanation in every()
        if explanation is None
    )


@pytest.mark.parametrize(
    ("file", "failure"),
    [
        ("kubernetes/operators/csi/azure_provider", "secretproviderclass-wrong"),
        ("kubernetes/operators/csi/driver", "secretproviderclass-not-found"),
        ("kubernetes/operators/external_secrets/token", "multiple-tenantid"),
        ("kubernetes/operators/external_secrets/token", "operator-may-not-request-tokens"),
        ("kubernetes/operators/dapr/sidecar", "dapr-configuration-wrong"),
        ("azure/keyvault/vaults", "vault-name-in-deleted-state"),
        ("azure/keyvault/rights", "forbiddenbyrbac"),
        ("azure/entra", "aadsts700016"),
        ("azure/registration", "missingsubscriptionregistration"),
        ("azure/authorization", "principalnotfound"),
    ],
)
def test_what_a_part_sends_is_told_as_its_failure(file: str, failure: str) -> None:
    assert failure in {
        explanation.failure.id
        for message, explanation in every()
        if message.file == f"{file}.py" and explanation
    }
