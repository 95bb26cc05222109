"""A build sends dictionaries to itself, and registers what it registers over Pulumi's protocol."""

import re
from contextlib import nullcontext
from pathlib import Path
from pprint import pformat
from typing import Any

import pulumi
import pytest

from aks_secrets_testing import StackBuild, build_stack, builds, plan_of
from aks_secrets_testing.builds import build
from aks_secrets_testing.plain_messages import Struct

STACK_FILE = Path("examples/four-techniques/Pulumi.four-techniques.yaml")


RECORDS = ("resources", "registered_outputs", "read_resources", "answers", "wire_outputs", "warnings")


@pytest.mark.parametrize("preview", [False, True])
def test_a_build_is_the_same_over_the_protocol(preview: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    build(lambda: None)  # the first one of a process registers the stack
    plain = _records(build_stack(STACK_FILE, preview=preview))
    monkeypatch.setattr(builds, "without_wire", nullcontext)
    sent = _records(build_stack(STACK_FILE, preview=preview))
    assert plain == sent


def _records(built: StackBuild) -> dict[str, Any]:
    """A build's records as text: the SDK's object for an unknown value equals no other one. The order of
    independent resources is the event loop's.
    """
    built.resources.sort(key=lambda resource: resource.urn)
    texts = {name: pformat(getattr(built, name)) for name in RECORDS} | {"plan": plan_of(built)}
    return {name: re.sub(r" at 0x\w+", "", text) for name, text in texts.items()}


@pytest.mark.parametrize("value", [{1}, object(), b"x", [{"a": {1: 2}}]])
def test_what_the_protocol_does_not_send_is_refused(value: Any) -> None:
    with pytest.raises((ValueError, TypeError)):
        Struct()["value"] = value


def test_a_wrong_option_is_refused() -> None:
    """Protobuf checks each field of a message but the properties."""
    with pytest.raises(TypeError):
        build(lambda: pulumi.ComponentResource("a:b:C", "c", {}, pulumi.ResourceOptions(version=1)))  # pyright: ignore
