"""The template of an ExternalSecret, applied to its data.

external-secrets v2.9.0, ApplyTemplate in
pkg/controllers/externalsecret/externalsecret_controller_template.go, pkg/controllers/templating/parser.go,
runtime/template/v2/template.go. A rendered value is a hash of its template and of the values that the
template reads.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from rehearsal.simulators.kubernetes.api.fields import is_hashed, mapping, mappings
from rehearsal.simulators.kubernetes.api.kinds import GroupVersionKind
from rehearsal.simulators.kubernetes.api.store import SECRET, ObjectStore
from rehearsal.simulators.kubernetes.operators.external_secrets.data import Data
from rehearsal.simulators.kubernetes.operators.external_secrets.gotemplate.lexer import TemplateError
from rehearsal.simulators.kubernetes.operators.external_secrets.gotemplate.parser import parse

_CONFIG_MAP: Final = GroupVersionKind("", "v1", "ConfigMap")


class RenderError(Exception):
    """A template that cannot be rendered, in the operator's words."""


@dataclass
class TemplateMetadata:
    """Labels and annotations that a template sets on the Secret."""

    labels: dict[str, str] = field(default_factory=dict)
    annotations: dict[str, str] = field(default_factory=dict)


def rendered(
    objects: ObjectStore, namespace: str, template: Any, data: Data
) -> tuple[Data, TemplateMetadata]:
    """Data and metadata of the Secret, without those of other managers. Raises RenderError."""
    if not isinstance(template, Mapping):
        return data, TemplateMetadata()
    texts, froms, metadata = (
        mapping(template.get("data")),
        mappings(template.get("templateFrom")),
        mapping(template.get("metadata")),
    )
    whole = template.get("mergePolicy") == "Merge" or (not texts and not froms)
    content, noted = (Data(dict(data.known), list(data.unknown)) if whole else Data()), TemplateMetadata()
    try:
        for source in froms:
            _from(objects, namespace, source, data, content)
    except RenderError as error:
        raise RenderError(f"error fetching templateFrom data: {error}") from error
    try:
        content.known |= _values(objects, texts, data)
        # Labels and annotations without an action stay as they are.
        for part, into in (("labels", noted.labels), ("annotations", noted.annotations)):
            templates = mapping(metadata.get(part))
            values = _values(objects, templates, data)
            into |= {key: values[key] if "{{" in str(text) else str(text) for key, text in templates.items()}
    except RenderError as error:
        raise RenderError(f"could not execute template: could not execute template: {error}") from error
    return content, noted


def _values(objects: ObjectStore, texts: Mapping[str, Any], data: Data) -> dict[str, str]:
    """Rendered values by key (valueScopeApply). Go takes the keys in any order; here they are sorted."""
    return {key: _value(objects, key, text, data) for key, text in sorted(texts.items())}


def _value(objects: ObjectStore, key: str, text: Any, data: Data) -> str:
    world = objects.world
    if is_hashed(text):
        return world.keyed_hash([text, data.known, data.unknown])
    try:
        template = parse(key, str(text))
    except TemplateError as error:
        raise RenderError(
            f"unable to execute template at key {key}: unable to parse template at key {key}: {error}"
        ) from error
    if not data.unknown:
        try:
            template.require_keys(data.known)
        except TemplateError as error:
            raise RenderError(
                f"unable to execute template at key {key}: unable to execute template at key {key}: {error}"
            ) from error
    if not template.has_actions:
        return world.keyed_hash(str(text))
    if template.sole_key in data.known:
        return data.known[template.sole_key]
    read = {key: value for key, value in data.known.items() if template.reads_all or key in template.keys}
    return world.keyed_hash([str(text), read, data.unknown])


def _from(objects: ObjectStore, namespace: str, source: Mapping[str, Any], data: Data, content: Data) -> None:
    """Add the templates of one `templateFrom` to the content (MergeConfigMap, MergeSecret, MergeLiteral)."""
    into_data = str(source.get("target") or "Data").lower() == "data"
    for kind, part, word in ((_CONFIG_MAP, "configMap", "configmap"), (SECRET, "secret", "secret")):
        reference = mapping(source.get(part))
        if not reference:
            continue
        name = str(reference.get("name"))
        live = objects.get(kind, namespace, name)
        if live is None:
            raise RenderError(f'{kind.plural} "{name}" not found')
        texts = {**mapping(live.get("data")), **mapping(live.get("stringData"))}
        for item in mappings(reference.get("items")):
            key = str(item.get("key"))
            hidden = any(is_hashed(live.get(name)) for name in ("data", "stringData"))
            if key not in texts and not hidden:
                raise RenderError(f"error in {word} {name}: missing key {key}")
            text = texts.get(key, objects.world.keyed_hash([name, key]))
            if item.get("templateAs") == "KeysAndValues":
                rendered_item = Data(unknown=[_value(objects, text, text, data)])
            else:
                rendered_item = Data({key: _value(objects, key, text, data)})
            if into_data:
                content.add(rendered_item)
    if (literal := source.get("literal")) is not None:
        value = _value(objects, str(literal), literal, data)
        if into_data:
            content.unknown.append(value)
