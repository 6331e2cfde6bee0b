"""Holds the uses of a plan against the policies of their datasets: allowed or not, why, and what must be kept."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from tacit.governance.levels import Label
from tacit.governance.policies import reasons as why
from tacit.governance.policies.bounds import Bounds, DpBound, ProbeBound, RateBound, strictest
from tacit.governance.policies.defaults import LEAST_GROUP, PROBING, gap
from tacit.governance.policies.keeping import broken, matters, tells_loss
from tacit.governance.policies.matching import covers_column, in_time, touches, within
from tacit.governance.policies.policy import Exemption, Policy, Rule
from tacit.governance.policies.question import Question
from tacit.governance.policies.reasons import Reason
from tacit.governance.uses import EVERY, Use


@dataclass(frozen=True, slots=True)
class Keep:
    """What the step's worker at the owner must keep to: see `Bounds`."""

    min_group: int = 0
    min_result: int = 0
    dominance: float | None = None
    rounding: float | None = None
    probing: ProbeBound | None = None


@dataclass(frozen=True, slots=True)
class Charge:
    """Noise that a step spends of a dataset's budget; `bound`: what a rule of this id allows in all, if one does."""

    step: str
    dataset: str
    epsilon: float
    rule: str | None = None
    bound: DpBound | None = None


@dataclass(frozen=True, slots=True)
class Quota:
    """A rate that the job must fit into."""

    dataset: str
    rule: str
    bound: RateBound


@dataclass(frozen=True, slots=True)
class Decision:
    """`keeps`: by step. `max_rows`, `retention_days`, `obligations`: the strictest over the job."""

    reasons: tuple[Reason, ...] = ()
    keeps: Mapping[str, Keep] = field(default_factory=dict)
    charges: tuple[Charge, ...] = ()
    quotas: tuple[Quota, ...] = ()
    retention_days: int | None = None
    obligations: tuple[str, ...] = ()

    @property
    def allowed(self) -> bool:
        return not self.reasons


_NOTHING = Bounds()
_Meant = tuple[Rule, str | None]  # a rule, and the code of the refusal


@dataclass(frozen=True, slots=True)
class _Verdict:
    """On one column in one use."""

    reasons: tuple[tuple[str, str], ...] = ()  # code, rule
    bounds: tuple[tuple[str, Bounds], ...] = ()  # of rule; what counts for the use
    default: Bounds = _NOTHING  # of the level


def decide(policies: Mapping[str, Policy], uses: Iterable[Use], question: Question) -> Decision:
    """`policies`: dataset -> the policy in force; a dataset without one has the level defaults."""
    tally, covering = _Tally(question), _Covering(question)
    for use in uses:
        for dataset in sorted({origin.dataset for origin in use.columns}):
            policy = policies.get(dataset) or Policy(dataset=dataset)
            rules = _meant(policy, use, question)
            for column in sorted(origin.column for origin in use.columns if origin.dataset == dataset):
                about = covering.of(policy, column)
                meant = [each for each in rules if each[0].id in about]
                tally.add(use, dataset, column, _judge(policy, meant, use, column, question))
    return tally.decision()


def _judge(policy: Policy, rules: list[_Meant], use: Use, column: str, question: Question) -> _Verdict:
    label = _label(question, policy.dataset, column)
    refused: list[tuple[str, str]] = []
    bounds: list[tuple[str, Bounds]] = []
    for rule, code in rules:
        if code is None:
            bounds.append((rule.id, rule.bounds))
        else:
            refused.append((code, rule.id))
    hindrance = gap(label.level, use)
    asked = hindrance is not None or _is_probe(use, label)
    lifting = _lifting(policy, use, column, label, question) if asked else None
    if hindrance is not None and lifting is None:
        refused.append((f"policy.{hindrance}", f"level:{label.level}"))
    if lifting is not None:
        bounds.append((lifting.id, lifting.bounds))
    refused += [(code, id) for id, each in bounds for code in broken(each, use, question, policy.dataset)]
    if lifting is not None:
        return _Verdict(tuple(refused), tuple(bounds))
    least = Bounds(min_group=LEAST_GROUP.get(label.level) or None, probing=PROBING if _is_probe(use, label) else None)
    return _Verdict(tuple(refused), tuple(bounds), least)


def _is_probe(use: Use, label: Label) -> bool:
    """A sum over a match: from two matches with almost the same keys it could be worked out for the few others."""
    return label.level > 1 and use.operator == "psi" and use.kind == "aggregate" and bool(use.receivers)


def _label(question: Question, dataset: str, column: str) -> Label:
    """A column that may be any column counts as the most sensitive one."""
    if column != EVERY:
        return question.label(dataset, column)
    known = [*question.labels.get(dataset, {}).values(), question.label(dataset, EVERY)]
    return max(known, key=lambda label: label.level)


class _Covering:
    """Which rules are about a column; found out once per column."""

    def __init__(self, question: Question) -> None:
        self._question = question
        self._known: dict[tuple[str, str], frozenset[str]] = {}

    def of(self, policy: Policy, column: str) -> frozenset[str]:
        """Ids of rules."""
        key = policy.dataset, column
        if key not in self._known:
            label = _label(self._question, policy.dataset, column)
            self._known[key] = frozenset(
                rule.id for rule in policy.rules if covers_column(rule.scope.columns, column, label, surely=False)
            )
        return self._known[key]


def _meant(policy: Policy, use: Use, question: Question) -> list[_Meant]:
    """The rules that say something about the use, if they are about its column: the code of the refusal, or None if
    their bounds count."""
    found: list[_Meant] = []
    for rule in policy.rules:
        if rule.effect == "only":
            found.append((rule, None if within(rule.scope, use, question) else "policy.only"))
        elif in_time(rule.scope, question) and touches(rule.scope, use, question):
            found.append((rule, "policy.denied" if rule.effect == "deny" else None))
    return found


def _lifting(policy: Policy, use: Use, column: str, label: Label, question: Question) -> Exemption | None:
    """Of the exceptions that cover the use and whose bounds it keeps, the one that binds least."""
    if label.level >= 5:
        return None
    fitting = [
        each
        for each in policy.exceptions
        if covers_column(each.scope.columns, column, label, surely=True)
        and within(each.scope, use, question)
        and not broken(each.bounds, use, question, policy.dataset)
    ]
    return min(fitting, key=lambda each: (_weight(each.bounds), each.id), default=None)


def _weight(bounds: Bounds) -> tuple[float, ...]:
    return (
        float(bounds.rate is not None) + float(bounds.dp is not None) + float(bounds.probing is not None),
        bounds.min_group or 0,
        bounds.min_result or 0,
        -(bounds.dominance or 1.0),
        bounds.rounding or 0.0,
        -(bounds.retention_days if bounds.retention_days is not None else 1e9),
        float(len(bounds.obligations)),
    )


class _Tally:
    """Adds verdicts up."""

    def __init__(self, question: Question) -> None:
        self._question = question
        self._refused: dict[tuple[str, str, str, Use], list[str]] = {}
        self._keeps: dict[str, Keep] = {}
        self._charges: dict[tuple[str, str, str | None], Charge] = {}
        self._quotas: dict[tuple[str, str], Quota] = {}
        self._bounds: list[Bounds] = []

    def add(self, use: Use, dataset: str, column: str, verdict: _Verdict) -> None:
        for code, rule in verdict.reasons:
            self._refused.setdefault((code, rule, dataset, use), []).append(column)
        self._bounds += [bounds for _, bounds in verdict.bounds]
        if use.receivers:
            merged = strictest([bounds for _, bounds in verdict.bounds])
            before = self._keeps.get(use.step, Keep())
            self._keeps[use.step] = _tighter(before, use, merged, verdict.default)
            self._charge(use, dataset, verdict)
        for rule, bounds in verdict.bounds:
            if bounds.rate is not None:
                self._quotas[dataset, rule] = Quota(dataset, rule, bounds.rate)

    def _charge(self, use: Use, dataset: str, verdict: _Verdict) -> None:
        if use.epsilon is None:
            return
        self._charges[use.step, dataset, None] = Charge(use.step, dataset, use.epsilon)
        for rule, bounds in verdict.bounds:
            if bounds.dp is not None:
                self._charges[use.step, dataset, rule] = Charge(use.step, dataset, use.epsilon, rule, bounds.dp)

    def decision(self) -> Decision:
        merged = strictest(self._bounds)
        found = {why.reason(*key, columns) for key, columns in self._refused.items()}
        return Decision(
            reasons=tuple(sorted(found, key=lambda each: (each.step, each.code, each.rule, each.dataset, each.use))),
            keeps=dict(self._keeps),
            charges=tuple(self._charges[key] for key in sorted(self._charges, key=lambda key: tuple(map(str, key)))),
            quotas=tuple(self._quotas[key] for key in sorted(self._quotas)),
            retention_days=merged.retention_days,
            obligations=merged.obligations,
        )


def _tighter(keep: Keep, use: Use, bounds: Bounds, default: Bounds) -> Keep:
    """What the worker has to keep of these bounds in this use, together with what it had to before."""
    return replace(
        keep,
        min_group=_group(keep, use, bounds, default),
        min_result=_result(keep, use, bounds),
        dominance=_lower(keep.dominance, bounds.dominance) if matters("dominance", use) else keep.dominance,
        rounding=_higher(keep.rounding, bounds.rounding) if matters("rounding", use) else keep.rounding,
        probing=_probing(keep, use, bounds, default),
    )


def _result(keep: Keep, use: Use, bounds: Bounds) -> int:
    """The fewest common keys of a match: what a figure over the match is made of."""
    if use.kind not in ("join_key", "aggregate") or not use.operator.startswith("psi"):
        return keep.min_result
    return max(keep.min_result, bounds.min_result or 0, bounds.min_group or 0)


def _group(keep: Keep, use: Use, bounds: Bounds, default: Bounds) -> int:
    if not matters("min_group", use) and not tells_loss(use):
        return keep.min_group
    return max(keep.min_group, default.min_group or 0, bounds.min_group or 0)


def _probing(keep: Keep, use: Use, bounds: Bounds, default: Bounds) -> ProbeBound | None:
    if not use.operator.startswith("psi"):
        return keep.probing
    return strictest([Bounds(probing=each) for each in (keep.probing, bounds.probing, default.probing)]).probing


def _lower(one: float | None, other: float | None) -> float | None:
    return min((each for each in (one, other) if each is not None), default=None)


def _higher(one: float | None, other: float | None) -> float | None:
    return max((each for each in (one, other) if each is not None), default=None)
