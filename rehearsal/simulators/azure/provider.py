"""The azure-native provider: checks, previews, differences, and PUT, GET and DELETE on the simulated ARM.

Source: pulumi-azure-native, provider/pkg/provider/provider.go (Check, Diff, Create, Read, Update) and
provider/pkg/resources/customresources/.
"""

from __future__ import annotations

import difflib
import re
import threading
from collections.abc import Mapping
from importlib.metadata import version
from typing import Any, cast

from rehearsal.simulators.azure import arm, invokes
from rehearsal.simulators.azure.arm_type import ArmType
from rehearsal.simulators.azure.autonaming import CREATE_FIRST, autoname
from rehearsal.simulators.azure.exclusive_write import HOLD_SECONDS, ExclusiveWrite
from rehearsal.simulators.azure.keyvault import access_policies, secrets
from rehearsal.simulators.azure.subscriptions import SignIn
from rehearsal.simulators.azure.types import TYPES
from rehearsal.simulators.diff import Difference, changes, forces, refreshed_inputs
from rehearsal.simulators.faults.clients import AzureClient, InterruptedWriteError
from rehearsal.simulators.faults.day import Faults
from rehearsal.simulators.init_failed import InitFailedError, WaitingProvider
from rehearsal.simulators.provider import Call, Properties, ProviderError
from rehearsal.simulators.sdk_schema import ResourceType, resource_type
from rehearsal.simulators.shape import Failure, failures, preview_outputs, restricted
from rehearsal.simulators.wire import UNKNOWN, Secret, has_unknown, mark_secret_texts, mark_secrets, plain
from rehearsal.simulators.world import World


class AzureProvider(WaitingProvider):
    """All provider instances share one world; each has its own subscription and default location."""

    package = "azure-native"
    version = version("pulumi-azure-native")
    client = AzureClient()
    shortest_write = HOLD_SECONDS
    """Seconds of an exclusive write without a latency."""

    def __init__(
        self, world: World, latency: Mapping[str, float] | None = None, faults: Faults | None = None
    ) -> None:
        super().__init__(faults)
        self.world = world
        self.latency = latency or {}
        self._settings: dict[str, Mapping[str, str]] = {}
        self._settings_lock = threading.Lock()
        self._sign_in = SignIn(world)

    def commit(self) -> None:
        self.world.commit()

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
        problems = list(
            failures(bare, sdk.inputs, also=frozenset({CREATE_FIRST, "azureApiVersion", "location"}))
        )
        if row.needs_location and "location" not in bare:
            problems.append(
                Failure(
                    "location",
                    "missing required property 'location'. Either set it explicitly or configure it with "
                    "'pulumi config set azure-native:location <value>'.",
                )
            )
        for name, pattern in row.patterns.items():
            value = bare.get(name)
            if isinstance(value, str) and not re.search(pattern, value):
                problems.append(Failure(name, f"'{name}' does not match expression '{pattern}'"))
        return inputs, problems

    def _apply_defaults(self, call: Call, row: ArmType, sdk: ResourceType, inputs: Properties) -> None:
        if row.name_parameter not in inputs:
            autoname(call, row, inputs)
        if "location" not in inputs and "location" in sdk.inputs:
            location = self._default_location(call, inputs)
            if location is not None:
                inputs["location"] = location
        if sdk.api_version:
            inputs.setdefault("azureApiVersion", sdk.api_version)

    def _default_location(self, call: Call, inputs: Properties) -> Any:
        """The old location, else the configured one, else the resource group's (getDefaultLocation)."""
        configured = self._settings.get(call.connection, {}).get("location")
        group = plain(inputs.get("resourceGroupName"))
        if "location" in call.olds or configured:
            return call.olds.get("location", configured)
        if group is None or group is UNKNOWN:
            return group
        with self.world.lock:
            resource_group = self.world.get(
                f"/subscriptions/{self.subscription(call.connection)}/resourceGroups/{group}"
            )
        return resource_group.properties.get("location") if resource_group else None

    # Diff

    def diff(self, call: Call) -> Difference:
        row = _type(call.token)
        old, new = plain(call.old_inputs), plain(call.inputs)
        if _same_location(old.get("location"), new.get("location")):
            new = {**new, "location": old["location"]}
        changed = changes(old, new)
        keys = row.replaces | (set(row.parameters) - {"subscriptionId"})
        replaces = frozenset(path for path in changed if forces(path, keys))
        return Difference(changed, replaces, delete_first=not old.get(CREATE_FIRST, False))

    def diff_config(self, call: Call) -> Difference:
        """No difference: a setting has no effect by itself (DiffConfig of azure-native is empty)."""
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
            # The only old outputs that azure-native keeps in the preview of an update.
            outputs |= {name: call.olds[name] for name in ("name", "location") if name in call.olds}
            return mark_secrets(outputs, call.inputs)
        return self._put(call, row, sdk, creates=False)[1]

    def _put(self, call: Call, row: ArmType, sdk: ResourceType, *, creates: bool) -> tuple[str, Properties]:
        body = plain({name: value for name, value in call.inputs.items() if name != CREATE_FIRST})
        if has_unknown(body):
            raise ProviderError(f"{call.token} is written with an unknown value")
        id_ = row.id(body, self.subscription(call.connection))
        self._sign_in.require(id_)
        if row.token == access_policies.TOKEN:
            with self.world.lock:
                return id_, mark_secrets(
                    access_policies.write(self.world, id_, body, exists=not creates), call.inputs
                )
        if creates:
            self._can_create(id_)
        with self._exclusive_write(row, id_), self.world.lock:
            if creates:
                # Another resource of the program may have been created under this id during the wait.
                self._can_create(id_)
                if row.token == secrets.SECRET:
                    secrets.recover_secret(self.world, id_)
            write = arm.Write.to(self.world, row, id_, body)
            for check in arm.RULES[row.token]:
                check(write)
            computed = arm.RESPONSES[row.token](write) if row.token in arm.RESPONSES else {}
            response = arm.merge(body, computed)
            resource = self.world.put(id_, row.token, _to_store(row, response, call.inputs), write.serial)
            if creates and self.faults:
                self.faults.created(row.token, id_)
            return id_, mark_secrets(self._outputs(resource.id, row, sdk, response), call.inputs)

    def interrupted(self, call: Call, error: InterruptedWriteError) -> ProviderError:
        """azure-native reads what it has made, and passes it on with the error: partialError in
        provider/pkg/provider/provider.go. A delete has nothing to pass on.
        """
        if isinstance(error.result, tuple):
            id_, outputs = cast("tuple[str, Properties]", error.result)
        elif error.result is not None:
            id_, outputs = call.id, cast("Properties", error.result)
        else:
            return ProviderError(str(error))
        return self.unready(InitFailedError(id_, str(error), [], outputs, call.inputs))

    def _exclusive_write(self, row: ArmType, id_: str) -> ExclusiveWrite:
        latency = self.latency.get(row.token, self.latency.get("*", 0.0))
        return ExclusiveWrite(
            self.world, row.token, id_, latency=latency, shortest=self.shortest_write, wait=self.wait
        )

    def _can_create(self, id_: str) -> None:
        with self.world.lock:
            if existing := self.world.get(id_):
                raise ProviderError(f"cannot create already existing resource '{existing.id}'")

    @staticmethod
    def _outputs(id_: str, row: ArmType, sdk: ResourceType, response: Mapping[str, Any]) -> Properties:
        """ARM's response in the SDK's shape. It never contains the value of a Key Vault secret."""
        name = id_.rsplit("/", 1)[1]
        body = {**response, "name": name, "type": row.arm_type, "azureApiVersion": sdk.api_version}
        if row.token == secrets.SECRET:
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
            self._sign_in.require(call.id)
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
        with self._exclusive_write(row, call.id), self.world.lock:
            if row.token == secrets.SECRET:
                secrets.delete_secret(self.world, call.id)
            elif row.token == access_policies.TOKEN:
                access_policies.delete(self.world, call.id, plain(call.olds))
            else:
                remove(self.world, call.id)

    def invoke(self, token: str, arguments: Properties, connection: str) -> Properties:
        with self.world.lock:
            call = self._sign_in.reaching(token, plain(arguments), self.subscription(connection))
            return invokes.invoke(self.world, *call)


def remove(world: World, id_: str) -> None:
    """ARM's DELETE: the resource and its descendants. Deleting a missing resource succeeds (204)."""
    resource = world.get(id_)
    if resource is None:
        return
    for check in arm.BEFORE_DELETE[resource.token]:
        check(world, resource)
    removed = world.remove(id_)
    for removed_resource in removed:
        if handler := arm.AFTER_DELETE.get(removed_resource.token):
            handler(world, removed_resource, removed)


def _type(token: str) -> ArmType:
    if token in TYPES:
        return TYPES[token]
    near = difflib.get_close_matches(token, list(TYPES), n=1)
    raise ProviderError(
        f"the rehearsal does not simulate the Azure type {token}"
        + (f" (nearest: {near[0]})" if near else "")
        + "; add its id template to rehearsal/simulators/azure/types.py"
    )


def _sdk(token: str) -> ResourceType:
    sdk_type = resource_type(token)
    if sdk_type is None:
        raise ProviderError(f"pulumi-azure-native {AzureProvider.version} has no type {token}")
    return sdk_type


def _same_location(old: Any, new: Any) -> bool:
    """Whether two locations are equal: `West Europe` is `westeurope` (applyAzureSpecificDiff in diff.go)."""
    if not (isinstance(old, str) and isinstance(new, str)):
        return False
    return old.replace(" ", "").lower() == new.replace(" ", "").lower()


def _to_store(row: ArmType, response: Mapping[str, Any], inputs: Mapping[str, Any]) -> dict[str, Any]:
    """The body for the world, secret texts marked again, so that the world stores their hashes only."""
    stored = mark_secret_texts(response, inputs)
    if row.token == secrets.SECRET and "value" in (response.get("properties") or {}):
        # The value of a Key Vault secret is secret even if the program has not marked it.
        stored["properties"] = {**stored["properties"], "value": Secret(response["properties"]["value"])}
    return stored
