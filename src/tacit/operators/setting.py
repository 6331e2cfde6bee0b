"""One operator parameter with its title and help in both languages, so that a form can be made from the JSON Schema.

Beside the standard keywords a field carries: `x-title` and `x-help` ({zh, en}), `x-options` (value -> {zh, en}) for a
choice, and `x-widget` where the form should offer more than a plain field:

    dataset        a name from the catalogue of the party on role `x-role`
    column         one column of the table of `x-role`      columns  several of them
    role_columns   role -> several columns                  role_column  a role and one of its columns
    column_types   column -> type                           measures, seed, name, model: as they say
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import AfterValidator, Field, StringConstraints

from tacit.schema.text import Text


def setting(
    default: Any = ...,
    *,
    title: Text,
    help: Text,
    widget: str | None = None,
    role: str | None = None,
    options: Mapping[str, Text] | None = None,
    **limits: Any,
) -> Any:
    """A pydantic field; `limits` are pydantic's own (ge, lt, min_length, examples …)."""
    extra: dict[str, Any] = {"x-title": title.as_dict(), "x-help": help.as_dict()}
    if widget is not None:
        extra["x-widget"] = widget
    if role is not None:
        extra["x-role"] = role
    if options is not None:
        extra["x-options"] = {value: text.as_dict() for value, text in options.items()}
    return Field(default, title=title.en, description=help.en, json_schema_extra=extra, **limits)


def _distinct(values: list[str]) -> list[str]:
    if len(set(values)) != len(values):
        raise ValueError("the same name stands in the list twice")
    return values


Column = Annotated[str, StringConstraints(min_length=1, max_length=256)]
Columns = Annotated[list[Column], AfterValidator(_distinct)]
SomeColumns = Annotated[list[Column], Field(min_length=1), AfterValidator(_distinct)]
KeyColumns = Annotated[list[Column], Field(min_length=1, max_length=8), AfterValidator(_distinct)]
StoredName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_-]{0,62}$")]
Version = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$")]
Seed = Annotated[int, Field(ge=0, le=2**31 - 1)]
