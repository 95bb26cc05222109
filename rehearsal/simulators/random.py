"""The Random provider: it draws values, which exist only in the stack's state, encrypted."""

from __future__ import annotations

import base64
import hashlib
import random
import secrets
import string
import uuid
from collections.abc import Callable
from importlib.metadata import version
from typing import Any

from rehearsal.simulators.diff import Difference, changes
from rehearsal.simulators.provider import Call, Properties, ProviderError, SimulatedProvider
from rehearsal.simulators.sdk_schema import resource_type
from rehearsal.simulators.shape import Failure, failures, preview_outputs
from rehearsal.simulators.wire import Secret, mark_secrets, plain

SPECIAL = "!@#$%&*()-_=+[]{}<>:?"
"""The provider's default special characters (random_password: override_special)."""
_DEFAULTS: dict[str, Any] = {
    "lower": True,
    "upper": True,
    "numeric": True,
    "special": True,
    "minLower": 0,
    "minUpper": 0,
    "minNumeric": 0,
    "minSpecial": 0,
}


class RandomProvider(SimulatedProvider):
    """Every input is immutable, as in the real provider: each change is a replacement with a new value."""

    package = "random"
    version = version("pulumi-random")

    def check(self, call: Call) -> tuple[Properties, list[Failure]]:
        sdk = _sdk(call.token)
        return call.inputs, list(failures(plain(call.inputs), sdk.inputs))

    def diff(self, call: Call) -> Difference:
        changed = changes(plain(call.old_inputs), plain(call.inputs))
        return Difference(changed, frozenset(changed))

    def diff_config(self, call: Call) -> Difference:
        return Difference()

    def create(self, call: Call) -> tuple[str, Properties]:
        if call.preview:
            return "", mark_secrets(
                preview_outputs(plain(call.inputs), _sdk(call.token).outputs), call.inputs
            )
        inputs = plain(call.inputs)
        id_, drawn = _DRAW[call.token](inputs)
        return id_, {**drawn, **mark_secrets(inputs, call.inputs)}

    def read(self, call: Call) -> tuple[str, Properties, Properties] | None:
        return call.id, call.olds, call.inputs

    def update(self, call: Call) -> Properties:
        return {**call.olds, **call.inputs}

    def delete(self, call: Call) -> None:
        """No action: the value exists only in the state."""

    def invoke(self, token: str, arguments: Properties, connection: str) -> Properties:
        raise ProviderError(f"the rehearsal does not simulate the function {token}")


def _sdk(token: str) -> Any:
    if token not in _DRAW:
        raise ProviderError(
            f"the rehearsal does not simulate {token}; add it to rehearsal/simulators/random.py "
            f"(known: {', '.join(sorted(name.rsplit(':', 1)[1] for name in _DRAW))})"
        )
    return resource_type(token)


def _text(inputs: Properties) -> str:
    options = {**_DEFAULTS, **inputs}
    special = options.get("overrideSpecial", SPECIAL)
    classes = [
        (options["lower"], options["minLower"], string.ascii_lowercase),
        (options["upper"], options["minUpper"], string.ascii_uppercase),
        (options["numeric"], options["minNumeric"], string.digits),
        (options["special"], options["minSpecial"], special),
    ]
    alphabet = "".join(letters for is_used, _, letters in classes if is_used)
    if not alphabet:
        raise ProviderError("at least one of lower, upper, numeric or special must be true")
    drawn = [secrets.choice(letters) for _, least, letters in classes for _ in range(least)]
    if len(drawn) > options["length"]:
        raise ProviderError(
            f"The password/string length ({options['length']}) must be at least the sum of the minimums "
            f"({len(drawn)})"
        )
    drawn += [secrets.choice(alphabet) for _ in range(options["length"] - len(drawn))]
    random.SystemRandom().shuffle(drawn)
    return "".join(drawn)


def _password(inputs: Properties) -> tuple[str, Properties]:
    result = _text(inputs)
    hashed = base64.b64encode(hashlib.sha256(secrets.token_bytes(16)).digest()).decode()
    return "none", {**_DEFAULTS, **inputs, "result": Secret(result), "bcryptHash": Secret(f"$2a$10${hashed}")}


def _string(inputs: Properties) -> tuple[str, Properties]:
    result = _text(inputs)
    return result, {**_DEFAULTS, **inputs, "result": result}


def _id(inputs: Properties) -> tuple[str, Properties]:
    content, prefix = secrets.token_bytes(inputs["byteLength"]), inputs.get("prefix", "")
    url = base64.urlsafe_b64encode(content).decode().rstrip("=")
    return url, {
        "b64Url": prefix + url,
        "b64Std": prefix + base64.b64encode(content).decode(),
        "hex": prefix + content.hex(),
        "dec": prefix + str(int.from_bytes(content)),
    }


def _bytes(inputs: Properties) -> tuple[str, Properties]:
    content = secrets.token_bytes(inputs["length"])
    return "none", {"base64": Secret(base64.b64encode(content).decode()), "hex": Secret(content.hex())}


def _uuid(inputs: Properties) -> tuple[str, Properties]:
    result = str(uuid.uuid4())
    return result, {**inputs, "result": result}


def _integer(inputs: Properties) -> tuple[str, Properties]:
    low, high = inputs["min"], inputs["max"]
    result = low + secrets.randbelow(high - low + 1)
    return str(result), {"result": result}


_DRAW: dict[str, Callable[[Properties], tuple[str, Properties]]] = {
    "random:index/randomPassword:RandomPassword": _password,
    "random:index/randomString:RandomString": _string,
    "random:index/randomId:RandomId": _id,
    "random:index/randomBytes:RandomBytes": _bytes,
    "random:index/randomUuid:RandomUuid": _uuid,
    "random:index/randomInteger:RandomInteger": _integer,
}
