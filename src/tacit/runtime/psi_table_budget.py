"""How much one code, one day and one key may ask of a sealed table.

Without nodes nobody has an identity that lasts: the certificates of a run are made for it, and the same people come
back under others. So nothing is counted per client. Everybody who was ever given a code shares three limits: that of
this code, in memory; that of the day (UTC) and that of the key's whole life, which are on disk beside the key.
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from tacit.errors import RefusedError
from tacit.protocols.psi.budget import QueryBudget


class CodeBudget(QueryBudget):
    """A budget of one serving. The name under which the file counts is the day."""

    def __init__(self, key_file: Path, for_code: int, per_day: int, per_key: int) -> None:
        super().__init__(key_file.with_name(key_file.name + ".used"), per_day, per_key)
        self._rest = for_code

    def rest(self, key_id: bytes) -> int:
        """What the next run may ask at most."""
        return min(self._rest, self.left(key_id, today()))

    def take(self, key_id: bytes, client: str, count: int, at_most: int | None = None) -> int:
        """As of `QueryBudget`; no more than this code allows. `at_most` holds for the key's life, not for a day: it is
        `per_key` here. Raises RefusedError psi.query_budget."""
        if count > self._rest:
            raise RefusedError(
                "psi.query_budget",
                "The budget of queries to this sealed table is used up.",
                found=str(count),
                expected=f"at most {self._rest}",
                hint="Ask about fewer keys, or serve with a larger budget.",
            )
        left = super().take(key_id, client, count)
        self._rest -= count
        return min(left, self._rest)


def today() -> str:
    """The day under which queries are counted."""
    return datetime.now(UTC).strftime("%Y-%m-%d")
