"""Names of tables of a database: "schema.table" or "table", as SQL text. Nothing of them is run unquoted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from tacit.data.pieces import option_invalid


def split_name(name: str) -> tuple[str | None, str]:
    """("public", "people") of "public.people". Raises ParameterError dataset.option_invalid."""
    schema, dot, table = name.partition(".")
    parts = [schema, table] if dot else [schema]
    if any(not part or len(part) > 128 or "\0" in part for part in parts):
        raise option_invalid("table", "schema.table or table")
    return (schema, table) if dot else (None, schema)


def quoted(name: str, mark: str) -> str:
    """An identifier in SQL, in quotes of the kind `mark`."""
    return mark + name.replace(mark, mark + mark) + mark


def quoted_table(name: str, mark: str) -> str:
    """ "schema"."table" in SQL."""
    schema, table = split_name(name)
    return quoted(table, mark) if schema is None else f"{quoted(schema, mark)}.{quoted(table, mark)}"


def table_query(options: Mapping[str, Any], mark: str) -> str | None:
    """The statement that reads the option `table` in the order of the columns `order`; None if there is no `table`.

    Raises ParameterError dataset.option_invalid.
    """
    table, order = options.get("table"), options.get("order", [])
    if table is None:
        return None
    if "query" in options:
        raise option_invalid("table", "given without query")
    if not isinstance(table, str):
        raise option_invalid("table", "schema.table or table")
    if not isinstance(order, Sequence) or isinstance(order, str) or any(not isinstance(each, str) for each in order):
        raise option_invalid("order", "a list of columns")
    ordered = " ORDER BY " + ", ".join(quoted(each, mark) for each in order) if order else ""
    return f"SELECT * FROM {quoted_table(table, mark)}{ordered}"  # noqa: S608 - quoted
