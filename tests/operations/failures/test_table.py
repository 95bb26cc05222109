"""Every failure is produced by what the part really sends, and is shown with cause and next step."""

from __future__ import annotations

import importlib
import json
import pkgutil
import re
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from operations.failures import Failure, Symptom, explain, failures, symptom_of_response
from operations.failures.names import names_in
from operations.failures.table import claims, families
from tests.each import each
from tests.operations.failures.shown import Shown
from tests.patterns.pumped import pumped

ALL: list[Shown] = [
    shown
    for info in pkgutil.iter_modules([str(Path(__file__).parent)])
    if info.name.startswith("shown_")
    for shown in importlib.import_module(f"tests.operations.failures.{info.name}").SHOWN
]
_EACH_SHOWN = each("shown", ALL, ids=lambda shown: shown.id)
_EACH_FAILURE = each("failure", failures().values(), ids=lambda failure: failure.id)
_MARKER = "S3cr3t-Marker/Value+=="
_SECONDS = 0.5
_SIZE = 100_000


def test_every_failure_is_produced() -> None:
    assert set(failures()) - {shown.id for shown in ALL} == set()


@_EACH_SHOWN
def test_a_symptom_is_exactly_one_failure(shown: Shown) -> None:
    assert [failure.id for failure in claims(shown.symptom)] == [shown.id]


@_EACH_SHOWN
def test_an_explanation_has_the_real_names(shown: Shown) -> None:
    explained = explain(shown.symptom)
    assert explained is not None
    assert {name: explained.names.get(name) for name in shown.names} == dict(shown.names)
    sentences = f"{explained.cause} {explained.proof} {explained.next_step}"
    assert [name for name in shown.names if f"<{name.replace('_', '-')}>" in sentences] == []
    assert "{" not in re.sub(r"\{\.[^}]*\}|\{\"[^}]*\}|'\{[^']*'", "", sentences)


def test_the_names_of_the_caller_stand_before_those_of_the_symptom() -> None:
    symptom = Symptom(text="dial tcp: lookup kv-shop.vault.azure.net: no such host")
    explained = explain(symptom, {"vault": "kv-other", "stack": "prod"})
    assert explained is not None
    assert "vault kv-other:" in explained.cause
    assert "--stack prod" in explained.next_step


@_EACH_FAILURE
def test_the_example_shows_the_failure(failure: Failure) -> None:
    assert [claimed.id for claimed in claims(Symptom(text=failure.example))] == [failure.id]


@_EACH_FAILURE
def test_a_failure_is_written_as_the_others(failure: Failure) -> None:
    assert failure.id == re.sub(r"[^\w -]", "", failure.title.lower()).replace(" ", "-")
    assert failure.source.startswith(("https://", "docs/"))
    assert "/blob/" not in failure.source or re.search(r"\.\w{2,5}(#|$)", failure.source), "a whole address"
    for text in (failure.cause, failure.proof):
        assert text[0].isupper() or text[0] == "`", text
        assert text.endswith("."), text
    assert failure.next_step[0].islower() or failure.next_step[0] == "`"
    assert not failure.next_step.endswith(".")
    for text in (failure.example, failure.cause, failure.proof, failure.next_step):
        assert text == " ".join(text.split())
        assert text.count("`") % 2 == 0


@pytest.mark.parametrize("name", families())
def test_a_family_says_what_it_is(name: str) -> None:
    text = importlib.import_module(f"operations.failures.{name}").__doc__ or ""
    assert re.fullmatch(r"[^:]+: [^.]+\.", " ".join(text.partition("\n\n")[0].split())), text


@_EACH_FAILURE
def test_a_sign_is_read_in_linear_time(failure: Failure) -> None:
    """100 kB of what the expression repeats, and 100 kB of the example."""
    for sign in failure.symptom:
        texts = [failure.example * (_SIZE // len(failure.example))]
        texts += pumped(sign.text, _SIZE) if sign.text else ()
        for text in texts:
            started = time.thread_time()
            sign.match(
                Symptom(text=text, code=sign.code, status=sign.status, reason=sign.reason, part=sign.part)
            )
            assert time.thread_time() - started < _SECONDS, f"{sign.text}: {text[:60]!r}"


@pytest.mark.parametrize("part", ["a-", "/secrets/", "system:serviceaccount:", "appid=", ".vault.azure.net"])
def test_names_are_read_in_linear_time(part: str) -> None:
    started = time.thread_time()
    names_in(part * (_SIZE // len(part)))
    assert time.thread_time() - started < _SECONDS


@given(
    st.text(),
    st.text(max_size=40),
    st.integers(),
    st.sampled_from([shown.symptom.text for shown in ALL]),
    st.integers(0, 200),
)
@settings(database=None)
def test_any_text_is_read_without_an_error(text: str, code: str, status: int, real: str, cut: int) -> None:
    for symptom in (
        Symptom(text=text, code=code, status=status),
        Symptom(text=real[cut:] + text + real[:cut]),
    ):
        explained = explain(symptom)
        if explained:
            assert explained.cause
            assert explained.proof
            assert explained.next_step
    symptom_of_response(status, text)


@given(
    st.recursive(
        st.none() | st.text() | st.integers(),
        lambda inner: (
            st.lists(inner)
            | st.dictionaries(
                st.sampled_from(["error", "code", "innererror", "error_codes", "errorCode", "message"]), inner
            )
        ),
    )
)
@settings(max_examples=50, database=None, suppress_health_check=[HealthCheck.too_slow])
def test_any_body_is_read_without_an_error(body: object) -> None:
    symptom_of_response(400, json.dumps(body))


@_EACH_SHOWN
def test_a_secret_value_in_a_symptom_is_not_repeated(shown: Shown) -> None:
    text = shown.symptom.text
    gaps = [match.end() for match in re.finditer(r"[\s:]", text)]
    for position in {0, len(text), *gaps[:: max(1, len(gaps) // 6)]}:
        hidden = Symptom(
            text=f"{text[:position]} {_MARKER} {text[position:]}",
            code=shown.symptom.code,
            status=shown.symptom.status,
            reason=shown.symptom.reason,
            part=shown.symptom.part,
        )
        explained = explain(hidden)
        assert (
            _MARKER
            not in f"{explained} {explained and (explained.cause, explained.proof, explained.next_step)}"
        )
        assert _MARKER not in repr(hidden)
