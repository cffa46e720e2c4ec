"""Checks the bot's requests against Discord's published OpenAPI document. It knows shapes, not permissions or limits.

Three relaxations, all of what Discord accepts and discord.py sends: snowflakes may be JSON integers; media channels
(type 16, in the prose documentation) are a channel type; a few keys are sent along that the document does not list
(``SCRUBBED``). The document leaves unknown keys open, so a closed copy of it looks for misspelt ones.
"""

from __future__ import annotations

import copy
import functools
import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

DOCUMENT = Path(__file__).with_name("openapi.json")
SCRUBBED = {"tts", "nsfw"}
_JSON = "application/json"
_ID = re.compile(r"\d{17,20}")


@dataclass(frozen=True)
class _Operation:
    method: str
    path: re.Pattern[str]
    open: Draft202012Validator
    closed: Draft202012Validator


class SpecValidator:
    """Validates request bodies; make it with ``spec_validator``, as reading the document takes a while."""

    def __init__(self, document: Path = DOCUMENT) -> None:
        spec = json.loads(document.read_text("utf-8"))
        schemas = spec["components"]["schemas"]
        schemas["SnowflakeType"] = {"anyOf": [schemas["SnowflakeType"], {"type": "integer", "minimum": 0}]}
        schemas["ChannelTypes"]["oneOf"].append({"title": "GUILD_MEDIA", "const": 16})
        self._registry = Registry().with_resources(
            (uri, Resource.from_contents(contents, default_specification=DRAFT202012))
            for uri, contents in (("urn:open", spec), ("urn:closed", closed_copy(spec)))
        )
        self._known: dict[str, tuple[str, ...]] = {}
        # Fewer placeholders first: ".../commands" must not be taken for ".../{id}".
        paths = sorted(spec["paths"], key=lambda path: path.count("{"))
        self._operations = [one for path in paths for one in self._of_path(path, spec["paths"][path])]

    def errors(self, method: str, path: str, body: Any) -> tuple[str, ...]:
        """Return what is wrong with a request body; a body where the document has none is wrong as well.

        A body of components takes a tenth of a second, so bodies that differ in ids alone are looked at once.
        """
        key = _ID.sub("1", json.dumps([method, path, body]))
        if key not in self._known:
            self._known[key] = self._look(method, path, body)
        return self._known[key]

    def _look(self, method: str, path: str, body: Any) -> tuple[str, ...]:
        for operation in self._operations:
            if operation.method == method and operation.path.fullmatch(path):
                return self._errors(operation, body)
        return (f"the document has no JSON body for {method} {path}",)

    def _errors(self, operation: _Operation, body: Any) -> tuple[str, ...]:
        wrong = [_sentence(error) for error in operation.open.iter_errors(body)]
        unknown = operation.closed.iter_errors(scrubbed(body)) if not wrong else ()
        return (*wrong, *(f"unknown key? {_sentence(error)}" for error in unknown))

    def _of_path(self, path: str, item: dict[str, Any]) -> list[_Operation]:
        pattern = re.compile(re.sub(r"\\{\w+\\}", "[^/]+", re.escape(path)))
        found = []
        for method, operation in item.items():
            if isinstance(operation, dict) and _JSON in operation.get("requestBody", {}).get("content", {}):
                at = f"#/paths/{path.replace('~', '~0').replace('/', '~1')}/{method}"
                pointer = f"{at}/requestBody/content/{_JSON.replace('/', '~1')}/schema"
                both = (self._validator(f"urn:{kind}{pointer}") for kind in ("open", "closed"))
                found.append(_Operation(method.upper(), pattern, *both))
        return found

    def _validator(self, reference: str) -> Draft202012Validator:
        return Draft202012Validator({"$ref": reference}, registry=self._registry)


def _sentence(error: ValidationError) -> str:
    """Return the deepest cause: "not valid under any of the schemas" would not say which key is wrong."""
    causes = [error]
    for cause in causes:
        causes += cause.context or []
    deepest = max(causes, key=lambda cause: len(cause.absolute_path))
    return f"{deepest.json_path}: {deepest.message[:300]}"


def closed_copy(spec: dict[str, Any]) -> dict[str, Any]:
    """Return the document with plain objects refusing keys that they do not name."""
    closed = copy.deepcopy(spec)
    for schema in closed["components"]["schemas"].values():
        is_plain = schema.get("type") == "object" and "properties" in schema
        if is_plain and not {"additionalProperties", "allOf", "anyOf", "oneOf"} & schema.keys():
            schema["additionalProperties"] = False
    return closed


def scrubbed(value: Any, key: str = "") -> Any:
    """Return a body without the keys that discord.py always adds and Discord ignores."""
    if isinstance(value, list):
        return [scrubbed(one, key) for one in value]
    if isinstance(value, dict):
        extra = {"flags"} if key == "embeds" else {"type"} if not key and "message" in value else set()
        return {name: scrubbed(one, name) for name, one in value.items() if name not in SCRUBBED | extra}
    return value


@functools.cache
def spec_validator() -> SpecValidator:
    """Return the one validator, read at first use."""
    return SpecValidator()
