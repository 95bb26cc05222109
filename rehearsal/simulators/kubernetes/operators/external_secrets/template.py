"""What the template of an ExternalSecret makes of its data.

external-secrets v2.9.0, ApplyTemplate in pkg/controllers/externalsecret/externalsecret_controller_template.go,
pkg/controllers/templating/parser.go, runtime/template/v2/template.go. A rendered value is a hash of its template and of what that reads.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from rehearsal.simulators.kubernetes.api.fields import is_sealed, mapping, mappings
from rehearsal.simulators.kubernetes.api.kinds import GroupVersionKind
from rehearsal.simulators.kubernetes.api.store import SECRET, ObjectStore
from rehearsal.simulators.kubernetes.operators.external_secrets.data import Data
from rehearsal.simulators.kubernetes.operators.external_secrets.gotemplate.lexer import TemplateError
from rehearsal.simulators.kubernetes.operators.external_secrets.gotemplate.parser import parse

_CONFIG_MAP: Final = GroupVersionKind("", "v1", "ConfigMap")


class RenderError(Exception):
    """In the operator's words."""


@dataclass
class Noted:
    """What a template says of the Secret's metadata."""

    labels: dict[str, str] = field(default_factory=dict)
    annotations: dict[str, str] = field(default_factory=dict)


def rendered(objects: ObjectStore, namespace: str, template: Any, data: Data) -> tuple[Data, Noted]:
    """The Secret's data without those that others have put there. Raises `RenderError`."""
    if not isinstance(template, Mapping):
        return data, Noted()
    texts, froms, metadata = (
        mapping(template.get("data")),
        mappings(template.get("templateFrom")),
        mapping(template.get("metadata")),
    )
    whole = template.get("mergePolicy") == "Merge" or (not texts and not froms)
    content, noted = (Data(dict(data.known), list(data.unknown)) if whole else Data()), Noted()
    try:
        for source in froms:
            _from(objects, namespace, source, data, content)
    except RenderError as error:
        raise RenderError(f"error fetching templateFrom data: {error}") from error
    try:
        content.known |= _values(objects, texts, data)
        # Labels and annotations are texts: one without an action is what it says.
        for part, into in (("labels", noted.labels), ("annotations", noted.annotations)):
            given = mapping(metadata.get(part))
            made = _values(objects, given, data)
            into |= {key: made[key] if "{{" in str(text) else str(text) for key, text in given.items()}
    except RenderError as error:
        raise RenderError(f"could not execute template: could not execute template: {error}") from error
    return content, noted


def _values(objects: ObjectStore, texts: Mapping[str, Any], data: Data) -> dict[str, str]:
    """valueScopeApply; Go takes the keys in any order, here it is theirs."""
    return {key: _value(objects, key, text, data) for key, text in sorted(texts.items())}


def _value(objects: ObjectStore, key: str, text: Any, data: Data) -> str:
    world = objects.world
    if is_sealed(text):
        return world.keyed_hash([text, data.known, data.unknown])
    try:
        template = parse(key, str(text))
    except TemplateError as error:
        raise RenderError(
            f"unable to execute template at key {key}: unable to parse template at key {key}: {error}"
        ) from error
    if not data.unknown:
        try:
            template.must_have(data.known)
        except TemplateError as error:
            raise RenderError(
                f"unable to execute template at key {key}: unable to execute template at key {key}: {error}"
            ) from error
    if not template.has_actions:
        return world.keyed_hash(str(text))
    if template.alone in data.known:
        return data.known[template.alone]
    read = {key: value for key, value in data.known.items() if template.reads_all or key in template.keys}
    return world.keyed_hash([str(text), read, data.unknown])


def _from(objects: ObjectStore, namespace: str, source: Mapping[str, Any], data: Data, content: Data) -> None:
    """MergeConfigMap, MergeSecret, MergeLiteral."""
    into_data = str(source.get("target") or "Data").lower() == "data"
    for kind, part, said in ((_CONFIG_MAP, "configMap", "configmap"), (SECRET, "secret", "secret")):
        wanted = mapping(source.get(part))
        if not wanted:
            continue
        name = str(wanted.get("name"))
        found = objects.get(kind, namespace, name)
        if found is None:
            raise RenderError(f'{kind.plural} "{name}" not found')
        texts = {**mapping(found.get("data")), **mapping(found.get("stringData"))}
        for item in mappings(wanted.get("items")):
            key = str(item.get("key"))
            hidden = any(is_sealed(found.get(name)) for name in ("data", "stringData"))
            if key not in texts and not hidden:
                raise RenderError(f"error in {said} {name}: missing key {key}")
            text = texts.get(key, objects.world.keyed_hash([name, key]))
            if item.get("templateAs") == "KeysAndValues":
                made = Data(unknown=[_value(objects, text, text, data)])
            else:
                made = Data({key: _value(objects, key, text, data)})
            if into_data:
                content.add(made)
    if (literal := source.get("literal")) is not None:
        made = _value(objects, str(literal), literal, data)
        if into_data:
            content.unknown.append(made)
