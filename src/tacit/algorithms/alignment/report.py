"""The report of a match: counts that add up at each side, and why this protocol was chosen."""

from __future__ import annotations

from typing import Any

from tacit.algorithms.alignment.members import Members
from tacit.protocols.psi.wire import Match, Side

Report = dict[str, Any]


def match_report(join: str, side: Side, members: Members, match: Match, rows: int | None) -> Report:
    """read = without key + rejected + repeated + used, matched <= used; `rows_out`: rows of this side's result."""
    report = {
        "kind": "psi",
        "reveal": "rows",
        "join": join,
        "role": side.name.lower(),
        **own_counts(members),
        "peer_keys_used": match.peer_count,
        "matched": match.count,
        "rows_out": rows,
    }
    if match.choice is not None:
        report |= {
            "protocol": match.choice.protocol.name.lower(),
            "protocol_reason": match.choice.reason.as_dict(),
            "protocol_advice": None if match.choice.advice is None else match.choice.advice.as_dict(),
        }
    return report


def own_counts(members: Members) -> Report:
    """What became of the rows of this side."""
    return {
        "key_columns": len(members.types),
        "rows_read": members.counts.read,
        "rows_without_key": members.counts.null,
        "rows_rejected": members.counts.rejected,
        "rows_with_repeated_key": members.repeated,
        "keys_used": members.used,
    }
