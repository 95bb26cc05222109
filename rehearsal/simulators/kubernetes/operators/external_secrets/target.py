"""The Secret that the External Secrets Operator writes.

external-secrets v2.9.0, pkg/controllers/externalsecret/externalsecret_controller{,_template}.go,
pkg/controllers/templating/parser.go; validation of a Secret: kubernetes,
pkg/apis/core/validation/validation.go, ValidateSecret and ValidateSecretUpdate.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from rehearsal.simulators.kubernetes.api.fields import invalid, invalid_object, mapping, mappings, required
from rehearsal.simulators.kubernetes.api.store import SECRET, Manifest, ObjectStore
from rehearsal.simulators.kubernetes.operators.external_secrets.data import Data
from rehearsal.simulators.kubernetes.operators.external_secrets.field_manager import FieldManager
from rehearsal.simulators.kubernetes.operators.external_secrets.kinds import EXTERNAL_SECRET
from rehearsal.simulators.kubernetes.operators.external_secrets.template import RenderError, rendered
from rehearsal.simulators.kubernetes.operators.external_secrets.webhook import template_failures
from rehearsal.simulators.shape import Failure

MANAGED: Final = "reconcile.external-secrets.io/managed"
CREATED_BY: Final = "reconcile.external-secrets.io/created-by"
DATA_HASH: Final = "reconcile.external-secrets.io/data-hash"
_HASH_LENGTH: Final = 56
_KEEPS: Final = ("Merge", "CreateOrMerge")
_NEEDS: Final[Mapping[str, tuple[str, ...]]] = {
    "kubernetes.io/tls": ("tls.crt", "tls.key"),
    "kubernetes.io/dockerconfigjson": (".dockerconfigjson",),
    "kubernetes.io/dockercfg": (".dockercfg",),
    "kubernetes.io/ssh-auth": ("ssh-privatekey",),
}


class TargetError(Exception):
    """An ExternalSecret that cannot be synced; `condition` is the message of its condition Ready."""

    def __init__(self, condition: str, message: str) -> None:
        super().__init__(message)
        self.condition = condition


@dataclass(frozen=True)
class TargetSecret:
    """The Secret of one ExternalSecret, whose `spec` has its defaults."""

    objects: ObjectStore
    owner: Manifest
    spec: Mapping[str, Any]

    @property
    def _target(self) -> Mapping[str, Any]:
        return mapping(self.spec.get("target"))

    @property
    def policy(self) -> str:
        return str(self._target.get("creationPolicy"))

    @property
    def name(self) -> str:
        return str(self._target.get("name") or self.owner["metadata"]["name"])

    @property
    def namespace(self) -> str:
        return self.owner["metadata"]["namespace"]

    @property
    def existing(self) -> Manifest | None:
        return self.objects.get(SECRET, self.namespace, self.name)

    @property
    def _fields(self) -> FieldManager:
        return FieldManager(self.namespace, self.owner["metadata"]["name"])

    def is_valid(self) -> bool:
        """isSecretValid: whether the Secret is as the operator left it.

        An orphan counts as valid whatever it is.
        """
        if self.policy == "Orphan":
            return True
        metadata = mapping((self.existing or {}).get("metadata"))
        label, hash_ = (
            mapping(metadata.get("labels")).get(MANAGED),
            mapping(metadata.get("annotations")).get(DATA_HASH),
        )
        return label == "true" and hash_ == self._hash(Data.of(self.existing or {}))

    def write(self, data: Data) -> str:
        """Write the Secret by its creation policy; returns the reason of the condition.

        Raises TargetError.
        """
        if self.policy == "None":
            return "SecretSynced"
        if self.policy == "Merge" and self.existing is None:
            return "SecretMissing"
        if self.policy == "Owner":
            self._drop_orphans()
        existing = self.existing
        secret = self._desired(existing, data)
        if existing is None:
            if failures := list(_type_failures(secret)):
                raise TargetError("could not update secret", invalid_object("Secret", self.name, failures))
            self.objects.put(secret)
        elif not _same(existing, secret):
            self._replace(existing, secret)
        return "SecretSynced"

    def remove(self) -> None:
        self.objects.drop(SECRET, self.namespace, self.name)

    def _controller(self) -> tuple[str, str] | None:
        owners = mappings(mapping((self.existing or {}).get("metadata")).get("ownerReferences"))
        return next(
            ((str(owner.get("kind")), str(owner.get("name"))) for owner in owners if owner.get("controller")),
            None,
        )

    def _drop_orphans(self) -> None:
        """Remove the Secrets that it owns under an earlier target name (deleteOrphanedSecrets)."""
        for secret in self.objects.all_of(SECRET, self.namespace):
            metadata = secret["metadata"]
            if (
                mapping(metadata.get("labels")).get(CREATED_BY) == self._fields.label
                and metadata["name"] != self.name
            ):
                self.objects.drop(SECRET, self.namespace, metadata["name"])

    def _replace(self, existing: Manifest, secret: Manifest) -> None:
        cannot = f"unable to update secret {self.name}: "
        if existing.get("immutable") is True and (existing.get("type"), Data.of(existing)) != (
            secret.get("type"),
            Data.of(secret),
        ):
            raise TargetError("could not update secret, target is immutable", f"{cannot}secret is immutable")
        failures = list(_type_failures(secret))
        if secret["type"] != existing.get("type", "Opaque"):
            failures = [invalid("type", secret["type"], "field is immutable"), *failures]
        if failures:
            raise TargetError(
                "could not update secret", cannot + invalid_object("Secret", self.name, failures)
            )
        self.objects.put(secret)

    def _desired(self, existing: Manifest | None, data: Data) -> Manifest:
        secret = existing or {}
        metadata, before = mapping(secret.get("metadata")), Data.of(secret)
        mine = self._fields.owned(metadata)
        type_, labels, annotations = str(secret.get("type") or "Opaque"), dict[str, Any](), dict[str, Any]()
        if existing is None or not self._target.get("immutable"):
            template, wrong = mapping(self._target.get("template")), "could not apply template: "
            failed = f"unable to mutate secret {self.name}: {wrong}" if existing else wrong
            if refused := list(template_failures(template)):
                raise TargetError("could not update secret", failed + "\n".join(refused))
            try:
                content, metadata_of_template = rendered(
                    self.objects, self.namespace, self._target.get("template"), data
                )
            except RenderError as error:
                raise TargetError("could not update secret", f"{failed}{error}") from error
            if self._target.get("template") is None:
                source = self.owner["metadata"]
                labels, annotations = (
                    dict(mapping(source.get("labels"))),
                    dict(mapping(source.get("annotations"))),
                )
            else:
                labels, annotations, type_ = (
                    metadata_of_template.labels,
                    metadata_of_template.annotations,
                    str(template.get("type") or type_),
                )
            written = sorted(content.known)
            if self.policy in _KEEPS:
                content.known = {
                    **{key: value for key, value in before.known.items() if key not in mine["data"]},
                    **content.known,
                }
                # Data of other managers of which the world has one hash stay the same.
                content.unknown = content.unknown or [
                    self.objects.world.keyed_hash([self.name, "others"]) for _ in before.unknown
                ]
        else:
            content, written = before, sorted(mine["data"])
            labels, annotations = (
                {key: mapping(metadata.get(part)).get(key) for key in mine[part]}
                for part in ("labels", "annotations")
            )
        owners = self._owners(metadata, failed=f"unable to mutate secret {self.name}: " if existing else "")
        labels |= {MANAGED: "true", **({CREATED_BY: self._fields.label} if self.policy == "Owner" else {})}
        annotations[DATA_HASH] = self._hash(content)
        fields = {"data": written, "labels": sorted(labels), "annotations": sorted(annotations)}
        return {
            "apiVersion": "v1",
            "kind": "Secret",
            "metadata": {
                **metadata,
                "name": self.name,
                "namespace": self.namespace,
                "labels": {**self._of_others(metadata, mine, "labels"), **labels},
                "annotations": {**self._of_others(metadata, mine, "annotations"), **annotations},
                **({"ownerReferences": owners} if owners or "ownerReferences" in metadata else {}),
                "managedFields": self._fields.entries(metadata, fields),
            },
            "type": type_,
            **({"immutable": True} if self._target.get("immutable") or secret.get("immutable") else {}),
            "data": content.stored(self.objects.world),
        }

    def _owners(self, metadata: Mapping[str, Any], *, failed: str) -> list[Mapping[str, Any]]:
        """`ownerReferences` of the Secret (applyOwnership).

        Raises TargetError if another controller owns it.
        """
        owners, name = mappings(metadata.get("ownerReferences")), self.owner["metadata"]["name"]
        controller, me = self._controller(), (EXTERNAL_SECRET.name, name)
        if controller and controller[0] == EXTERNAL_SECRET.name and controller != me:
            why = f"{failed}secret is owned by another ExternalSecret: {controller[1]}"
            raise TargetError("target is owned by another ExternalSecret", why)
        others = [owner for owner in owners if (owner.get("kind"), owner.get("name")) != me]
        if self.policy != "Owner":
            return others
        if controller and controller != me:
            taken = (
                f"Object {self.namespace}/{self.name} is already owned by another {controller[0]} "
                f"controller {controller[1]}"
            )
            why = f"{failed}could not set controller reference on secret: {taken}"
            raise TargetError("failed to take ownership of target secret", why)
        reference = {
            "apiVersion": EXTERNAL_SECRET.api_version,
            "kind": me[0],
            "name": name,
            "uid": self.owner["metadata"]["uid"],
        }
        return [*others, {**reference, "controller": True, "blockOwnerDeletion": True}]

    def _of_others(
        self, metadata: Mapping[str, Any], mine: Mapping[str, set[str]], part: str
    ) -> dict[str, Any]:
        """Labels or annotations that other managers have set."""
        drop = {*mine[part], CREATED_BY, MANAGED}
        return {key: value for key, value in mapping(metadata.get(part)).items() if key not in drop}

    def _hash(self, data: Data) -> str:
        """Hash of the data. The operator hashes the values, the simulator their hashes."""
        stored = data.stored(self.objects.world)
        return self.objects.world.hex(
            _HASH_LENGTH, sorted(stored.items()) if isinstance(stored, dict) else stored
        )


def _same(existing: Manifest, secret: Manifest) -> bool:
    set_by_server = ("uid", "resourceVersion", "generation")
    both = [
        {
            **manifest,
            "metadata": {
                name: value for name, value in manifest["metadata"].items() if name not in set_by_server
            },
        }
        for manifest in (existing, secret)
    ]
    return both[0] == both[1]


def _type_failures(secret: Manifest) -> Iterator[Failure]:
    if not isinstance(data := secret["data"], Mapping):
        return
    for key in _NEEDS.get(secret["type"], ()):
        if key not in data:
            yield required(f"data[{key}]")
    if secret["type"] == "kubernetes.io/basic-auth" and not {"username", "password"} & set(data):
        yield from (required("data[username]"), required("data[password]"))
