"""The tables, the picture and the claims are what the JSON of a run says."""

import json
from dataclasses import replace
from io import StringIO
from pathlib import Path
from xml.etree import ElementTree

import pytest
from rich.console import Console

from benchmarks.pages import PAGE, README, rendered
from benchmarks.results import LATEST, Results, limits
from benchmarks.tables import show
from benchmarks.variants import THIS

CANNED = Path(__file__).parent / "canned.json"
RESULTS = Results.read(CANNED)


def test_results_are_written_as_they_are_read(tmp_path: Path) -> None:
    RESULTS.write(tmp_path / "copy.json")
    assert json.loads((tmp_path / "copy.json").read_text()) == json.loads(CANNED.read_text())


def test_a_bound_that_is_missed_is_named_and_fails_the_run() -> None:
    missed = [limit.text for limit in limits(RESULTS) if not limit.holds]
    assert missed == ["preview of 1,000, to one of 240", "start-up of dev, MiB"]
    output = StringIO()
    assert not show(RESULTS, Console(file=output, width=140))
    assert "missed" in output.getvalue()


@pytest.mark.parametrize(
    ("text", "ratio"),
    [
        ("preview of 240, to flat like for like", 0.5),
        ("preview of 240, to flat as people write it", 0.4),
        ("memory at 240, to flat", 0.5),
        ("preview of 1,000, to one of 240", 4.5),
        ("modelled `up`, to its bound", 1.1),
        ("preview of 480, to flat like for like", None),
    ],
)
def test_a_ratio_is_that_of_the_medians(text: str, ratio: float | None) -> None:
    (limit,) = [limit for limit in limits(RESULTS) if limit.text == text]
    assert limit.measured == (None if ratio is None else pytest.approx(ratio))


def test_the_picture_shows_each_program_by_its_measurements() -> None:
    (picture,) = rendered(RESULTS, {}).values()
    root = ElementTree.fromstring(picture)
    assert len(root.findall(".//{*}polyline")) == 2 * 3
    assert len(root.findall(".//{*}circle")) == 2 * len(RESULTS.measurements)


def test_the_claim_is_like_for_like() -> None:
    text = rendered(RESULTS, {README: "<!-- bench: claim -->old<!-- /bench -->"})[README]
    assert "takes 8 seconds on 2 cores, 50% of the time and 50% of the memory" in text


def test_ten_stacks_cost_ten_times_one_of_them() -> None:
    results = Results.read(CANNED)
    (whole,) = [each for each in results.measurements if (each.variant, each.workloads) == (THIS, 1000)]
    results.take([replace(whole, workloads=100, seconds=4.5, cpu_seconds=3.6, peak_mebibytes=150)])
    text = rendered(results, {PAGE: "<!-- bench: split --><!-- /bench -->"})[PAGE]
    assert "| one of ten stacks | 4.5 | 3.6 | 150 |" in text
    assert "| ten stacks, one after the other | 45 | 36 | 150 |" in text


def test_a_later_measurement_replaces_the_former_and_no_other() -> None:
    results = Results.read(CANNED)
    last = results.measurements[-1]
    results.take([replace(last, seconds=1.0)])
    assert [each for each in results.measurements if each.seconds == 1.0] == [replace(last, seconds=1.0)]
    assert results.measurements[:-1] == RESULTS.measurements[:-1]


def test_pages_and_picture_are_those_of_the_last_run() -> None:
    texts = {path: path.read_text(encoding="utf-8") for path in (PAGE, README)}
    for path, text in rendered(Results.read(LATEST), texts).items():
        assert path.read_text(encoding="utf-8") == text, "type: .venv/bin/python -m benchmarks.pages"


def test_the_results_name_no_path_and_no_machine() -> None:
    text = LATEST.read_text(encoding="utf-8")
    assert not [word for word in ("/home", "/root", "/tmp", "hostname", "node") if word in text]
