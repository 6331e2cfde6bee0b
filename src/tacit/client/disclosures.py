"""Who learns what, as text for people."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

_NOTHING = {"zh": "不获得任何信息", "en": "nothing"}


def describe_disclosures(disclosures: Mapping[str, Sequence[Mapping[str, str]]], language: str) -> str:
    """One block per party; what several steps disclose alike stands once, with all their names.

    `language` is "zh" or "en"; items are those of a job record, a report or `flow explain`.
    """
    lines = []
    for party, items in disclosures.items():
        lines.append(f"{party}:")
        steps: dict[str, list[str]] = {}
        for item in items:
            steps.setdefault(item[language], []).append(item["step"])
        lines += [f"  - {text}  [{', '.join(where)}]" for text, where in steps.items()]
        if not items:
            lines.append(f"  - {_NOTHING[language]}")
    return "\n".join(lines)
