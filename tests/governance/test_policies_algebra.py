"""Laws of policies, for any policy and any use: rules never widen, exceptions never narrow, order does not matter."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from governance.policy_flows import question
from tacit.governance.levels import Label
from tacit.governance.policies import Exemption, Policy, Rule, decide
from tacit.governance.uses import KINDS, Origin, Use
from tacit.governance.uses.use import AFTERS

COLUMNS = ("age", "income", "secret", "*")
PARTIES = ("bank", "shop", "third")
OPERATORS = ("psi", "stats.joint", "logistic_regression.predict", "dataset.read", "somebody.elses")
FUNCTIONS = ("sum", "mean", "count", "rows")
SELECTORS = ("age", "in*", "*", "level:3", "level>=4", "class:pii*", "secret")


def some(values: tuple[str, ...]) -> st.SearchStrategy[Any]:
    return st.none() | st.lists(st.sampled_from(values), min_size=1, max_size=3, unique=True)


scopes = st.fixed_dictionaries(
    {},
    optional={
        "columns": some(SELECTORS),
        "uses": some(KINDS),
        "functions": some(FUNCTIONS),
        "after": some(AFTERS),
        "operators": some(OPERATORS),
        "receivers": some(PARTIES),
        "initiators": some(PARTIES),
        "purposes": st.none() | st.just(["*risk*"]),
        "profiles": st.none() | st.just(["2pc-dealer"]) | st.just(["2pc"]),
        "valid_from": st.none() | st.sampled_from([0, 50]),
        "valid_until": st.none() | st.sampled_from([60, 200]),
    },
)
bounds = st.fixed_dictionaries(
    {},
    optional={
        "min_group": st.integers(2, 60),
        "min_result": st.integers(0, 20),
        "dominance": st.sampled_from([0.1, 0.5]),
        "rounding": st.sampled_from([1.0, 10.0]),
        "min_width": st.integers(1, 4),
        "max_rows": st.integers(50, 150),
        "dp": st.just({"epsilon": 0.5, "total": 1.0}),
        "rate": st.just({"jobs": 3}),
        "probing": st.just({"runs": 1}),
        "retention_days": st.integers(1, 9),
        "obligations": st.lists(st.sampled_from(["tell", "log"]), min_size=1, unique=True),
    },
)
denies = st.fixed_dictionaries({"effect": st.just("deny"), "scope": scopes})
onlies = st.fixed_dictionaries({"effect": st.just("only"), "scope": scopes, "bounds": bounds})
limits = st.fixed_dictionaries({"effect": st.just("limit"), "scope": scopes, "bounds": bounds.filter(bool)})
rules = denies | onlies | limits
exceptions = st.fixed_dictionaries(
    {
        "scope": st.builds(
            lambda scope, columns, uses: {**scope, "columns": columns, "uses": uses},
            scopes,
            st.lists(st.sampled_from(SELECTORS), min_size=1, max_size=2, unique=True),
            st.lists(st.sampled_from(KINDS), min_size=1, max_size=4, unique=True),
        ),
        "bounds": bounds,
    }
)
uses = st.builds(
    Use,
    step=st.just("s"),
    operator=st.sampled_from(OPERATORS),
    kind=st.sampled_from(KINDS),
    columns=st.frozensets(st.builds(Origin, st.just("d"), st.sampled_from(COLUMNS)), min_size=1, max_size=3),
    function=st.none() | st.sampled_from(FUNCTIONS),
    receivers=st.lists(st.sampled_from(PARTIES), max_size=2, unique=True).map(lambda names: tuple(sorted(names))),
    after=st.none() | st.sampled_from(AFTERS),
    minimum=st.none() | st.integers(2, 60),
    epsilon=st.none() | st.sampled_from([0.1, 0.5, 2.0]),
    width=st.none() | st.integers(1, 4),
)
labels = st.dictionaries(
    st.sampled_from(("age", "income", "secret")),
    st.builds(Label, st.integers(1, 5), st.sampled_from(["pii.name", "other"]), st.just(True)),
)


def question_with(found: dict[str, Label]) -> Any:
    return question(now_ms=100, labels={"d": found}, rows={"d": 100}, purpose="credit risk")


def policy(many: list[Any], lifted: list[Any]) -> Policy:
    return Policy(
        dataset="d",
        rules=tuple(Rule.model_validate({"id": f"r{at}", **one}) for at, one in enumerate(many)),
        exceptions=tuple(Exemption.model_validate({"id": f"e{at}", **one}) for at, one in enumerate(lifted)),
    )


def refused(one: Policy, use: Use, found: dict[str, Label]) -> set[tuple[str, str]]:
    """(code, column) of every refusal."""
    decision = decide({"d": one}, [use], question_with(found))
    return {(reason.code, column) for reason in decision.reasons for column in reason.columns}


def columns_refused(one: Policy, use: Use, found: dict[str, Label]) -> set[str]:
    return {column for _, column in refused(one, use, found)}


many = st.lists(rules, max_size=4)
lifted = st.lists(exceptions, max_size=3)
FAST = settings(max_examples=40, deadline=None)


@FAST
@given(many, lifted, rules, uses, labels)
def test_adding_a_rule_never_widens(
    before: list[Any], given_: list[Any], rule: Any, use: Use, found: dict[str, Label]
) -> None:
    narrow = policy([*before, rule], given_)
    assert columns_refused(policy(before, given_), use, found) <= columns_refused(narrow, use, found)


@FAST
@given(many, lifted, rules, uses, labels)
def test_adding_a_rule_never_loosens_what_workers_keep(
    before: list[Any], given_: list[Any], rule: Any, use: Use, found: dict[str, Label]
) -> None:
    one = decide({"d": policy(before, given_)}, [use], question_with(found))
    other = decide({"d": policy([*before, rule], given_)}, [use], question_with(found))
    for step, keep in one.keeps.items():
        after = other.keeps[step]
        assert after.min_group >= keep.min_group and after.min_result >= keep.min_result
        assert keep.dominance is None or (after.dominance or 9) <= keep.dominance
        assert (after.rounding or 0) >= (keep.rounding or 0)
        assert keep.probing is None or (after.probing is not None and after.probing.runs <= keep.probing.runs)
    assert set(one.quotas) <= set(other.quotas) and set(one.charges) <= set(other.charges)


@FAST
@given(many, lifted, exceptions, uses, labels)
def test_adding_an_exception_widens_only_within_its_columns(
    before: list[Any], given_: list[Any], extra: Any, use: Use, found: dict[str, Label]
) -> None:
    one, other = policy(before, given_), policy(before, [*given_, extra])
    was, now = columns_refused(one, use, found), columns_refused(other, use, found)
    assert now <= was
    names = {origin.column for origin in use.columns}
    inside = columns_refused(
        policy([{"effect": "deny", "scope": {"columns": extra["scope"]["columns"]}}], []), use, found
    )
    assert was - now <= inside & names
    assert use.kind in extra["scope"]["uses"] or was == now


@FAST
@given(many, rules, uses, labels)
def test_a_deny_rule_overrides_every_exception(before: list[Any], rule: Any, use: Use, found: dict[str, Label]) -> None:
    everything = {"scope": {"columns": ["*"], "uses": list(KINDS)}}
    deny = {"effect": "deny", "scope": rule["scope"]}
    alone = columns_refused(policy([deny], []), use, found)
    denied = {column for code, column in refused(policy([deny], []), use, found) if code == "policy.denied"}
    assert denied <= alone & columns_refused(policy([*before, deny], [everything]), use, found)


@FAST
@given(many, lifted, uses, labels, st.randoms(use_true_random=False))
def test_order_and_repetition_do_not_matter(
    before: list[Any], given_: list[Any], use: Use, found: dict[str, Label], random: Any
) -> None:
    one = policy(before, given_)
    shuffled, mixed = list(before), list(given_)
    random.shuffle(shuffled)
    random.shuffle(mixed)
    assert refused(one, use, found) == refused(policy(shuffled, mixed), use, found)
    twice = policy([*before, *before], [*given_, *given_])
    assert refused(one, use, found) == refused(twice, use, found)
    keeps = decide({"d": one}, [use], question_with(found)).keeps
    assert keeps == decide({"d": twice}, [use], question_with(found)).keeps


@FAST
@given(many, lifted, uses, labels, st.sampled_from(("age", "income", "secret")))
def test_raising_a_level_never_widens(
    before: list[Any], given_: list[Any], use: Use, found: dict[str, Label], column: str
) -> None:
    """For rules that do not select by level: those do what they say."""
    plain = [each for each in (*before, *given_) if not any(map(_by_level, each["scope"].get("columns") or []))]
    one = policy([each for each in before if each in plain], [each for each in given_ if each in plain])
    low = found.get(column, Label(3, "other", confirmed=True))
    raised = {**found, column: Label(min(5, low.level + 1), low.klass, confirmed=True)}
    assert columns_refused(one, use, found) <= columns_refused(one, use, raised)


def _by_level(selector: str) -> bool:
    return selector.startswith("level")


@FAST
@given(many, lifted, uses, labels)
def test_what_nobody_can_read_in_the_clear_is_never_plaintext_without_an_exception(
    before: list[Any], given_: list[Any], use: Use, found: dict[str, Label]
) -> None:
    allowed = decide({"d": policy(before, [])}, [use], question_with(found)).allowed
    if allowed and use.kind == "plaintext" and use.receivers:
        levels = [found.get(origin.column, Label(3, "", confirmed=True)).level for origin in use.columns]
        assert max(levels) == 1
