"""The real External Secrets Operator and the simulated one say the same of the same chains."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from typing import Final

import pytest

from operations.failures import Symptom
from operations.failures.table import claims
from rehearsal.data_planes.planes import Planes
from rehearsal.real_cluster.clusters import RealClusters
from rehearsal.real_cluster.external_secrets import operator
from rehearsal.real_cluster.external_secrets.chart import Deployed
from rehearsal.real_cluster.external_secrets.operator import RunningOperator
from rehearsal.real_cluster.external_secrets.outcome import Outcome, outcome_of, settled
from rehearsal.simulators.kubernetes.api.events import EVENT, record_name
from rehearsal.simulators.kubernetes.api.kinds import GroupVersionKind
from rehearsal.simulators.kubernetes.api.store import ObjectStore
from rehearsal.simulators.kubernetes.operators.external_secrets.detection import installed
from rehearsal.simulators.kubernetes.operators.external_secrets.kinds import (
    EXTERNAL_SECRET,
    PUSH_SECRET,
    STORE,
)
from tests.rehearsal.real_cluster.eso_chains import CHAINS, NEWER, PUSHES, Chain, ChainScene
from tests.support.acting import Azure

pytestmark = pytest.mark.engine

PLACES: Final = ((STORE, "azure"), (EXTERNAL_SECRET, "db"))


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningOperator]:
    """A real operator, in front of all chains at once."""
    azure = Azure(tmp_path_factory.mktemp("world"))
    azure.group()
    scene = ChainScene(azure)
    for chain in (*CHAINS, *PUSHES, NEWER):
        scene.make(chain)
    with ExitStack() as contexts:
        planes = Planes(azure.world, tmp_path_factory.mktemp("planes"), clients_are_pods=True)
        contexts.enter_context(planes.serving())
        clusters = RealClusters(azure.world, contexts, [operator.DEFINITIONS])
        (id_,) = azure.world.kubernetes
        cluster = clusters.open(id_)
        release = installed(cluster)
        assert release is not None
        server = clusters.server_of(cluster)
        yield operator.start(cluster, server, Deployed(cluster, release), planes, contexts)


@pytest.mark.parametrize("chain", CHAINS, ids=lambda chain: chain.name)
def test_both_say_the_same_and_it_is_one_failure(chain: Chain, real: RunningOperator) -> None:
    secret = real.cluster.get(EXTERNAL_SECRET, chain.name, "db")
    assert secret is not None
    settled(real, secret)
    outcomes = {kind: outcome_of(real.client, kind, chain.name, name) for kind, name in PLACES}
    for kind, name in PLACES:
        simulated = simulated_outcome(real.cluster, kind, chain.name, name)
        assert comparable(outcomes[kind]) == comparable(simulated)
    failures = [outcome for outcome in outcomes.values() if not outcome.is_ready]
    assert explained(failures[:1]) == [chain.failure] * bool(chain.failure)


@pytest.mark.parametrize("chain", PUSHES, ids=lambda chain: chain.name)
def test_both_push_alike(chain: Chain, real: RunningOperator) -> None:
    push = real.cluster.get(PUSH_SECRET, chain.name, "new")
    assert push is not None
    outcome = settled(real, push)
    assert comparable(outcome) == comparable(simulated_outcome(real.cluster, PUSH_SECRET, chain.name, "new"))
    assert explained([outcome] if not outcome.is_ready else []) == [chain.failure] * bool(chain.failure)


def test_an_object_with_a_newer_field_is_refused_and_stays_simulated(real: RunningOperator) -> None:
    assert ".spec.syncWindows: field not declared in schema" in real.refusal(
        EXTERNAL_SECRET, NEWER.name, "db"
    )
    assert real.refusal(STORE, NEWER.name, "azure") == ""
    assert real.client.get(EXTERNAL_SECRET, NEWER.name, "db") is None


def explained(outcomes: Iterable[Outcome]) -> list[str]:
    """Ids of the failures as which the events are explained."""
    symptoms = [
        Symptom(reason=outcome.event_reason, text=outcome.event, part="kubernetes") for outcome in outcomes
    ]
    return [failure.id for symptom in symptoms for failure in claims(symptom)]


def simulated_outcome(objects: ObjectStore, kind: GroupVersionKind, namespace: str, name: str) -> Outcome:
    """The simulated operator's result for an object."""
    object_ = objects.get(kind, namespace, name)
    assert object_ is not None
    (condition,) = object_["status"]["conditions"]
    event = objects.get(EVENT, namespace, record_name(kind, name)) or {}
    return Outcome(
        status=condition["status"],
        reason=condition["reason"],
        message=condition["message"],
        event_reason=str(event.get("reason", "")),
        event=str(event.get("message", "")),
    )


def comparable(outcome: Outcome) -> Outcome:
    """The outcome without what each of Entra's answers has of its own: ids and times."""
    head, brace, body = outcome.event.partition('{"error"')
    if not brace:
        return outcome
    document = json.loads(brace + body)
    described = re.sub(r" Trace ID: .*", "", document["error_description"])
    return replace(outcome, event=f"{head}{document['error']}: {described}")
