"""The program's file itself: what it does around the imports."""

import gc
import runpy
import sys
from pathlib import Path

import pulumi
import pytest

from stacks import debug_messages, version_aliases

PROGRAM = Path(__file__).parents[1] / "__main__.py"


def test_a_large_program_is_not_collected_as_a_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    """Full collections took a quarter of the time of a preview of 1,000 workloads, and freed nothing."""
    monkeypatch.delitem(sys.modules, "pulumi_azure_native", raising=False)
    monkeypatch.setattr(pulumi, "run", lambda _: None)
    monkeypatch.setattr(debug_messages, "drop_debug_messages", lambda: None)
    monkeypatch.setattr(version_aliases, "drop_version_aliases", lambda: None)
    thresholds = gc.get_threshold()
    gc.set_threshold(700, 10, 10)  # Python's default
    try:
        runpy.run_path(str(PROGRAM))
        assert gc.isenabled()
        gc.collect()
        younger, full = (gc.get_stats()[generation]["collections"] for generation in (0, 2))
        kept: list[list[int]] = [[] for _ in range(200_000)]
        assert gc.get_stats()[0]["collections"] - younger > 100
        assert gc.get_stats()[2]["collections"] == full
    finally:
        gc.set_threshold(*thresholds)
    assert kept
