"""What an engine can do that reads JSON as well."""

from collections.abc import Mapping, Sequence
from typing import Protocol

import ibis.expr.types as ir

from leapdash.engines.engine import Engine

Shape = str | Mapping[str, "Shape"] | Sequence["Shape"]
"""`"text"`; an object, by the shapes of its fields; or a list, by that of its items, `["text"]`."""


class JsonEngine(Engine, Protocol):
    """An engine that reads files of JSON objects."""

    def read_json(
        self, paths: Sequence[str], columns: Mapping[str, Shape], lines: bool
    ) -> ir.Table:
        """The objects of JSON files, these of their fields, every value as text.

        `lines`: whether each line is an object, else the whole is an array of objects. A file that
        ends in `.gz` is gzipped; a field that isn't there, or is null, is null.
        """
