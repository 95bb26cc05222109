"""One existing ServiceAccount of several workloads, whose operator reads as itself."""

import pytest

from tests.settings.cases import as_config, document
from tests.stacks.composing import DB, DB_AGAIN
from tests.stacks.operators.test_operator_identity import OPERATOR, SUBJECT, served
from tests.trust.graphs import build_config
from tests.trust.proofs.broken import not_proved
from trust.chain import Chain
from trust.proofs import run


@pytest.mark.parametrize("technique", ["akv2k8s", "sdk"])
def test_workloads_of_the_operator_share_an_account_that_exists(technique: str) -> None:
    account = {"namespace": "flux-system", "service_account": "flux", "existing_service_account": True}
    beside = {"name": "b", "technique": technique, "secrets": [DB_AGAIN], **account}
    workloads = [{**served("a", DB), "kind": "none", **account}, {"kind": "none", **beside}]
    for entry in workloads:
        entry.pop("image", None)
    config = as_config(document({"workloads": workloads, **OPERATOR}))
    built = build_config(config)
    subject = "system:serviceaccount:flux-system:flux"
    subjects = [item.inputs["subject"] for item in built.of_type("FederatedIdentityCredential")]
    assert sorted(subjects) == sorted([SUBJECT, *([subject] if technique == "sdk" else [])])
    assert not_proved(run(Chain.read(built.graph))) == []
