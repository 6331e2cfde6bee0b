"""Which bounds matter for which uses, and which of them a use breaks already by what stands in the plan."""

from __future__ import annotations

from collections.abc import Iterator

from tacit.governance.policies.bounds import Bounds, DpBound
from tacit.governance.policies.question import Question
from tacit.governance.uses import Use

# Bounds that only the worker can keep, and the operators whose worker does.
KEPT_BY = {"dominance": ("stats.joint", "psi"), "rounding": ("stats.joint",)}
_FIGURES = ("aggregate", "group_key")


def matters(name: str, use: Use) -> bool:
    """Whether a bound of this name says anything about the use."""
    if not use.receivers:
        return False
    if name == "min_group":
        return use.kind in _FIGURES or (use.kind == "join_key" and use.function == "threshold")
    if name in ("dominance", "rounding"):
        return use.kind == "aggregate" and use.function not in ("count", None)
    if name == "min_width":
        return use.kind == "score"
    return True


def tells_loss(use: Use) -> bool:
    """The mean loss of a training is a figure over its rows: of one row it is that row's label. Its worker counts."""
    return use.function == "loss" and bool(use.receivers)


def broken(bounds: Bounds, use: Use, question: Question, dataset: str) -> list[str]:
    """Codes of the bounds that the use does not keep."""
    return list(_broken(bounds, use, question, dataset))


def _broken(bounds: Bounds, use: Use, question: Question, dataset: str) -> Iterator[str]:
    if bounds.min_group is not None and matters("min_group", use) and (use.minimum or 0) < bounds.min_group:
        yield "policy.group"
    if bounds.min_width is not None and matters("min_width", use) and (use.width or 1) < bounds.min_width:
        yield "policy.width"
    for name, operators in KEPT_BY.items():
        if getattr(bounds, name) is not None and matters(name, use) and use.operator not in operators:
            yield "policy.not_kept"
    if bounds.dp is not None and use.receivers:
        yield from _noise(bounds.dp, use)
    if bounds.max_rows is not None and question.rows.get(dataset, 0) > bounds.max_rows:
        yield "policy.rows"


def _noise(bound: DpBound, use: Use) -> Iterator[str]:
    """Without noise a use never keeps a budget."""
    if use.epsilon is None:
        yield "policy.noise_missing"
    elif use.epsilon > bound.epsilon:
        yield "policy.noise_too_small"
