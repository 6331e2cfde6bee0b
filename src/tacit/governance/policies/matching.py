"""Whether a use of a column falls into a scope."""

from __future__ import annotations

import unicodedata
from fnmatch import fnmatchcase

from tacit.governance.levels import Label
from tacit.governance.policies.policy import Scope
from tacit.governance.policies.question import Question
from tacit.governance.uses import EVERY, Use

_READ_BY_ITSELF = "dataset.read"


def covers_column(selectors: tuple[str, ...] | None, column: str, label: Label, *, surely: bool) -> bool:
    """Whether the column is selected. A column that is not known by name may be any: it is selected by every selector
    unless `surely`, and then by none but "*"."""
    if selectors is None:
        return True
    if column == EVERY:
        return "*" in selectors if surely else True
    if any(_selects(selector, column, label) for selector in selectors):
        return True
    return not surely and any(_is_named(folded(selector), folded(column)) for selector in selectors)


def folded(name: str) -> str:
    """One spelling of names that people read as the same: what a rule takes away does not hang on capital letters."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold()).strip()


def _is_named(pattern: str, column: str) -> bool:
    """A name as it stands, or a pattern with * and ?; brackets mean themselves."""
    return pattern == column or fnmatchcase(column, pattern.replace("[", "[[]"))


def _selects(selector: str, column: str, label: Label) -> bool:
    for mark, test in (("level:", int.__eq__), ("level>=", int.__ge__), ("level<=", int.__le__)):
        number = selector.removeprefix(mark)
        if selector.startswith(mark) and number.isdecimal():
            return bool(test(label.level, int(number)))
    if selector.startswith("class:"):
        return fnmatchcase(label.klass, selector.removeprefix("class:"))
    return _is_named(selector, column)


def in_time(scope: Scope, question: Question) -> bool:
    began = scope.valid_from is None or question.now_ms >= scope.valid_from
    return began and (scope.valid_until is None or question.now_ms <= scope.valid_until)


def _job_fits(scope: Scope, question: Question) -> bool:
    return (
        (scope.initiators is None or question.initiator in scope.initiators)
        and (scope.agreements is None or question.agreement in scope.agreements)
        and (scope.profiles is None or question.profile in scope.profiles)
        and (scope.purposes is None or _purpose_fits(scope.purposes, question.purpose))
    )


def _purpose_fits(patterns: tuple[str, ...], purpose: str | None) -> bool:
    return purpose is not None and any(fnmatchcase(purpose.casefold(), pattern.casefold()) for pattern in patterns)


def touches(scope: Scope, use: Use, question: Question) -> bool:
    """Whether any part of the use is in scope, columns and times aside: what a deny or a limit rule asks. One receiver
    in scope is enough."""
    return (
        _job_fits(scope, question)
        and (scope.uses is None or use.kind in scope.uses)
        and (scope.functions is None or use.function in scope.functions)
        and (scope.after is None or use.after in scope.after)
        and (scope.operators is None or use.operator in scope.operators)
        and (scope.receivers is None or bool(set(scope.receivers) & set(use.receivers)))
    )


def within(scope: Scope, use: Use, question: Question) -> bool:
    """Whether all of the use is in scope, columns aside: what an only rule or an exception asks. Every receiver must be
    in scope. To read a column at home is within any scope of uses, or no other use could be."""
    if not (in_time(scope, question) and _job_fits(scope, question)):
        return False
    if use.kind == "read":
        home = use.operator == _READ_BY_ITSELF or scope.operators is None or use.operator in scope.operators
        return home
    readable = bool(use.receivers)
    return (
        (scope.uses is None or use.kind in scope.uses)
        and (scope.operators is None or use.operator in scope.operators)
        and (not readable or scope.functions is None or use.function in scope.functions)
        and (not readable or scope.after is None or use.after in scope.after)
        and (scope.receivers is None or set(use.receivers) <= set(scope.receivers))
    )
