"""Secrets that the External Secrets Operator writes: not missed before it does, restored if deleted."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import cast

from operations.doctor.examination import Examination
from operations.doctor.existing.secrets import needed_objects
from operations.effective_settings import stack_settings
from operations.restoration import deleted

REPOSITORY = Path(__file__).parents[3]


def test_a_pushed_secret_is_not_missed_and_is_restored() -> None:
    file = REPOSITORY / "examples/everyday/Pulumi.everyday.yaml"
    settings = stack_settings("everyday", REPOSITORY, file).settings
    assert settings is not None
    needed = {
        each.name for each in needed_objects(cast(Examination, SimpleNamespace(settings=settings)), None)
    }
    assert "argocd-deploy-key" in needed
    assert not needed & {"reports-session-key", "internal-ca"}
    listed = deleted.listed_secrets(settings, None)
    assert listed["internal-ca"] is False
