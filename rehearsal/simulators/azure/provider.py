"""azure-native as the engine sees it: checks, previews, differences, and PUT, GET, DELETE on the simulated ARM.

Read in pulumi-azure-native, provider/pkg/provider/provider.go (Check, Diff, Create, Read, Update) and
provider/pkg/resources/customresources/.
"""

from __future__ import annotations

import difflib
import re
import secrets
import threading
import uuid
from collections.abc import Mapping
from importlib.metadata import version
from typing import Any, Final

from rehearsal.simulators.azure import arm, invokes
from rehearsal.simulators.azure.keyvault import access_policies, vaults
from rehearsal.simulators.azure.types import TYPES, ArmType
from rehearsal.simulators.diff import changes, forces, refreshed_inputs
from rehearsal.simulators.provider import Call, Difference, Properties, ProviderError, SimulatedProvider
from rehearsal.simulators.sdk_schema import ResourceType, resource_type
from rehearsal.simulators.shape import Failure, failures, preview_outputs, restricted
from rehearsal.simulators.wire import UNKNOWN, Secret, has_unknown, mark_secret_texts, mark_secrets, plain
from rehearsal.simulators.world import World

CREATE_FIRST: Final = "__createBeforeDelete"
HOLD: Final = 0.12
"""Seconds for which a federated-credential write holds its identity: writes that nothing orders then overlap."""


class AzureProvider(SimulatedProvider):
    """Every provider instance sees the same world; each has its own subscription and default location."""

    package = "azure-native"
    version = version("pulumi-azure-native")

    def __init__(self, world: World, latency: Mapping[str, float] | None = None) -> None:
        super().__init__()
        self.world = world
        self.latency = latency or {}
        self._settings: dict[str, Mapping[str, str]] = {}
        self._settings_lock = threading.Lock()

    def configure(self, connection: str, variables: Mapping[str, str]) -> None:
        with self._settings_lock:
            self._settings[connection] = {
                name.removeprefix("azure-native:config:"): v for name, v in variables.items()
            }

    def subscription(self, connection: str) -> str:
        return self._settings.get(connection, {}).get("subscriptionId") or arm.SUBSCRIPTION

    # Check

    def check(self, call: Call) -> tuple[Properties, list[Failure]]:
        row, sdk = _type(call.token), _sdk(call.token)
        inputs = {name: value for name, value in call.inputs.items() if value is not None}
        self._apply_defaults(call, row, sdk, inputs)
        bare = plain(inputs)
        found = list(
            failures(bare, sdk.inputs, also=frozenset({CREATE_FIRST, "azureApiVersion", "location"}))
        )
        if row.needs_location and "location" not in bare:
            found.append(
                Failure(
                    "location",
                    "missing required property 'location'. Either set it explicitly or configure it with "
                    "'pulumi config set azure-native:location <value>'.",
                )
            )
        for name, pattern in row.patterns.items():
            value = bare.get(name)
            if isinstance(value, str) and not re.search(pattern, value):
                found.append(Failure(name, f"'{name}' does not match expression '{pattern}'"))
        return inputs, found

    def _apply_defaults(self, call: Call, row: ArmType, sdk: ResourceType, inputs: Properties) -> None:
        if row.name_parameter not in inputs:
            self._autoname(call, row, inputs)
        if "location" not in inputs and "location" in sdk.inputs:
            location = self._default_location(call, inputs)
            if location is not None:
                inputs["location"] = location
        if sdk.api_version:
            inputs.setdefault("azureApiVersion", sdk.api_version)

    @staticmethod
    def _autoname(call: Call, row: ArmType, inputs: Properties) -> None:
        key = row.name_parameter
        if key in call.olds:
            inputs[key] = call.olds[key]
            if CREATE_FIRST in call.olds:
                inputs[CREATE_FIRST] = call.olds[CREATE_FIRST]
            return
        if call.naming_disabled:
            return
        seed = call.seed or secrets.token_bytes(16)
        if row.naming == "uuid":
            inputs[key] = str(uuid.UUID(bytes=(seed * 16)[:16], version=4))
        elif call.proposed_name:
            inputs[key] = call.proposed_name
        else:
            inputs[key] = f"{call.name}{(seed * 4)[:4].hex()}"
        inputs[CREATE_FIRST] = True

    def _default_location(self, call: Call, inputs: Properties) -> Any:
        """The old one, else the configured one, else the resource group's (getDefaultLocation)."""
        configured = self._settings.get(call.connection, {}).get("location")
        group = plain(inputs.get("resourceGroupName"))
        if "location" in call.olds or configured:
            return call.olds.get("location", configured)
        if group is None or group is UNKNOWN:
            return group
        with self.world.lock:
            found = self.world.get(
                f"/subscriptions/{self.subscription(call.connection)}/resourceGroups/{group}"
            )
        return found.properties.get("location") if found else None

    # Diff

    def diff(self, call: Call) -> Difference:
        row = _type(call.token)
        old, new = plain(call.old_inputs), plain(call.inputs)
        if _same_location(old.get("location"), new.get("location")):
            new = {**new, "location": old["location"]}
        found = changes(old, new)
        keys = row.replaces | (set(row.parameters) - {"subscriptionId"})
        replaces = frozenset(path for path in found if forces(path, keys))
        return Difference(found, replaces, delete_first=not old.get(CREATE_FIRST, False))

    def diff_config(self, call: Call) -> Difference:
        """A changed provider setting changes nothing by itself (DiffConfig of azure-native is empty)."""
        return Difference()

    # Create, Update

    def create(self, call: Call) -> tuple[str, Properties]:
        row, sdk = _type(call.token), _sdk(call.token)
        if call.preview:
            return "", mark_secrets(preview_outputs(plain(call.inputs), sdk.outputs), call.inputs)
        return self._put(call, row, sdk, creates=True)

    def update(self, call: Call) -> Properties:
        row, sdk = _type(call.token), _sdk(call.token)
        if call.preview:
            outputs = preview_outputs(plain(call.inputs), sdk.outputs)
            # All that azure-native keeps known in the preview of an update.
            outputs |= {name: call.olds[name] for name in ("name", "location") if name in call.olds}
            return mark_secrets(outputs, call.inputs)
        return self._put(call, row, sdk, creates=False)[1]

    def _put(self, call: Call, row: ArmType, sdk: ResourceType, *, creates: bool) -> tuple[str, Properties]:
        body = plain({name: value for name, value in call.inputs.items() if name != CREATE_FIRST})
        if has_unknown(body):
            raise ProviderError(f"{call.token} is written with a value that is not known")
        id_ = row.id(body, self.subscription(call.connection))
        if row.token == access_policies.TOKEN:
            with self.world.lock:
                return id_, mark_secrets(
                    access_policies.write(self.world, id_, body, exists=not creates), call.inputs
                )
        if creates:
            self._can_create(id_)
        with _ExclusiveWrite(self, row, id_), self.world.lock:
            if creates:
                # Another resource of the same program may have taken the id meanwhile.
                self._can_create(id_)
                if row.token == vaults.SECRET:
                    vaults.recover_secret(self.world, id_)
            write = arm.Write.to(self.world, row, id_, body)
            for judge in arm.RULES[row.token]:
                judge(write)
            computed = arm.RESPONSES[row.token](write) if row.token in arm.RESPONSES else {}
            response = arm.merge(body, computed)
            resource = self.world.put(id_, row.token, _to_store(row, response, call.inputs), write.serial)
            return id_, mark_secrets(self._outputs(resource.id, row, sdk, response), call.inputs)

    def _can_create(self, id_: str) -> None:
        with self.world.lock:
            if existing := self.world.get(id_):
                raise ProviderError(f"cannot create already existing resource '{existing.id}'")

    @staticmethod
    def _outputs(id_: str, row: ArmType, sdk: ResourceType, response: Mapping[str, Any]) -> Properties:
        """ARM's answer in the SDK's shape. The value of a Key Vault secret is never in it."""
        name = id_.rsplit("/", 1)[1]
        body = {**response, "name": name, "type": row.arm_type, "azureApiVersion": sdk.api_version}
        if row.token == vaults.SECRET:
            body["properties"] = {n: v for n, v in response.get("properties", {}).items() if n != "value"}
        return restricted(body, sdk.outputs)

    # Read, Delete

    def read(self, call: Call) -> tuple[str, Properties, Properties] | None:
        row, sdk = _type(call.token), _sdk(call.token)
        if row.token == access_policies.TOKEN:
            with self.world.lock:
                entry = access_policies.read(self.world, call.id, plain(call.olds))
            return (
                None
                if entry is None
                else (call.id, mark_secrets(entry, call.olds), mark_secrets(entry, call.inputs))
            )
        with self.world.lock:
            resource = self.world.get(call.id)
            if resource is None or resource.token != row.token:
                return None
            outputs = self.world.resolve_hashes(
                self._outputs(resource.id, row, sdk, resource.properties), plain(call.olds)
            )
        if not call.inputs:
            inputs = {**restricted(outputs, sdk.inputs), **(row.parse(resource.id) or {})}
            if sdk.api_version:
                inputs["azureApiVersion"] = sdk.api_version
            return resource.id, outputs, inputs
        projected_old = restricted(restricted(plain(call.olds), sdk.outputs), sdk.inputs)
        inputs = refreshed_inputs(call.inputs, projected_old, restricted(outputs, sdk.inputs))
        return (
            resource.id,
            mark_secrets(mark_secrets(outputs, call.inputs), call.olds),
            mark_secrets(inputs, call.inputs),
        )

    def delete(self, call: Call) -> None:
        row = _type(call.token)
        with _ExclusiveWrite(self, row, call.id), self.world.lock:
            if row.token == vaults.SECRET:
                vaults.delete_secret(self.world, call.id)
            elif row.token == access_policies.TOKEN:
                access_policies.delete(self.world, call.id, plain(call.olds))
            else:
                remove(self.world, call.id)

    def invoke(self, token: str, arguments: Properties, connection: str) -> Properties:
        with self.world.lock:
            return invokes.invoke(self.world, token, plain(arguments), self.subscription(connection))


def remove(world: World, id_: str) -> None:
    """ARM's DELETE: takes all that lies below along. Deleting what is not there succeeds (204)."""
    resource = world.get(id_)
    if resource is None:
        return
    for judge in arm.BEFORE_DELETE[resource.token]:
        judge(world, resource)
    removed = world.remove(id_)
    for gone in removed:
        if follow := arm.AFTER_DELETE.get(gone.token):
            follow(world, gone, removed)


class _ExclusiveWrite:
    """The time a write takes, with what it must have for itself: no lock of the world is held meanwhile."""

    def __init__(self, provider: AzureProvider, row: ArmType, id_: str) -> None:
        self._latency = provider.latency.get(row.token, provider.latency.get("*", 0.0))
        self._exclusive = arm.EXCLUSIVE.get(row.token)
        self._id = id_
        self._wait = provider.wait
        self._world = provider.world
        self._holding: Any = None

    def __enter__(self) -> None:
        if self._exclusive is None:
            self._wait(self._latency)
            return
        key, refusal = self._exclusive(self._id)
        self._holding = self._world.exclusively(key)
        if not self._holding.__enter__():
            self._holding.__exit__(None, None, None)
            raise refusal
        try:
            self._wait(max(self._latency, HOLD))
        except ProviderError:
            self.__exit__()
            raise

    def __exit__(self, *error: object) -> None:
        if self._holding is not None:
            self._holding.__exit__(None, None, None)


def _type(token: str) -> ArmType:
    if token in TYPES:
        return TYPES[token]
    near = difflib.get_close_matches(token, list(TYPES), n=1)
    raise ProviderError(
        f"the rehearsal does not know the Azure type {token}"
        + (f" (nearest: {near[0]})" if near else "")
        + "; add its id template to rehearsal/simulators/azure/types.py"
    )


def _sdk(token: str) -> ResourceType:
    found = resource_type(token)
    if found is None:
        raise ProviderError(f"pulumi-azure-native {AzureProvider.version} has no type {token}")
    return found


def _same_location(old: Any, new: Any) -> bool:
    """`West Europe` is `westeurope` (applyAzureSpecificDiff in diff.go)."""
    if not (isinstance(old, str) and isinstance(new, str)):
        return False
    return old.replace(" ", "").lower() == new.replace(" ", "").lower()


def _to_store(row: ArmType, response: Mapping[str, Any], inputs: Mapping[str, Any]) -> dict[str, Any]:
    """The body as the world keeps it: secret texts marked again, so that only their hashes are stored and rules see all the rest."""
    stored = mark_secret_texts(response, inputs)
    if row.token == vaults.SECRET and "value" in (response.get("properties") or {}):
        # A secret's value is one even if the program forgot to say so.
        stored["properties"] = {**stored["properties"], "value": Secret(response["properties"]["value"])}
    return stored
