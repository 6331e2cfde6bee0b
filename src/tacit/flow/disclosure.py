"""Who learns what from a whole flow: the text that owners approve.

hospital learns: which of its own rows lab has too, and how many (match); … (train)
notary learns: nothing but sizes (statistics, train)
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tacit.flow.plan import Plan, PlannedStep
from tacit.schema.text import Text

# Codes with a meaning here; the operators use them too.
_NOTHING = "nothing"
_SIZES = "sizes"

_LEARNS_NOTHING = Text("{party} 获知：不获得自身数据之外的任何信息。", "{party} learns: nothing.")
_LEARNS_SIZES = Text("{party} 获知：除计算规模外一无所知（{steps}）。", "{party} learns: nothing but sizes ({steps}).")
_LEARNS = Text("{party} 获知：{items}。", "{party} learns: {items}.")
_ITEM = Text("{what}（{steps}）", "{what} ({steps})")


@dataclass(frozen=True, slots=True)
class DisclosedItem:
    """One thing that a party learns in one step. `what` names parties."""

    step: str
    code: str
    what: Text

    def as_dict(self) -> dict[str, str]:
        return {"step": self.step, "code": self.code, **self.what.as_dict()}


@dataclass(frozen=True, slots=True)
class Lesson:
    """One thing that a party learns, with every step that teaches it."""

    steps: tuple[str, ...]
    code: str
    what: Text


def disclosures(plan: Plan) -> dict[str, list[DisclosedItem]]:
    """Party -> what it learns, in the order of the plan. Every party has an entry; an empty one means: nothing."""
    learned: dict[str, list[DisclosedItem]] = {party: [] for party in plan.parties}
    for step in plan.steps:
        for party, item in _of_step(step):
            if item not in learned[party]:
                learned[party].append(item)
    return learned


def _of_step(step: PlannedStep) -> list[tuple[str, DisclosedItem]]:
    seats = dict(step.at)
    return [
        (seats[item.learner], DisclosedItem(step.id, item.code, item.what.format(**seats)))
        for item in step.spec.disclosure(step.params)
        if item.learner in seats and item.code != _NOTHING
    ]


def lessons(items: Sequence[DisclosedItem]) -> list[Lesson]:
    """The same thing learned in several steps becomes one."""
    steps: dict[tuple[str, Text], list[str]] = {}
    for item in items:
        steps.setdefault((item.code, item.what), []).append(item.step)
    return [Lesson(tuple(where), code, what) for (code, what), where in steps.items()]


def summary(plan: Plan) -> dict[str, Text]:
    """Party -> one sentence in both languages: what approval is asked for."""
    return {party: _sentence(party, lessons(items)) for party, items in disclosures(plan).items()}


def _sentence(party: str, learned: Sequence[Lesson]) -> Text:
    if not learned:
        return _LEARNS_NOTHING.format(party=party)
    if {lesson.code for lesson in learned} == {_SIZES}:
        steps = [step for lesson in learned for step in lesson.steps]
        return _fill(_LEARNS_SIZES, party=Text(party, party), steps=_steps(steps))
    items = [_fill(_ITEM, what=lesson.what, steps=_steps(lesson.steps)) for lesson in learned]
    joined = Text("；".join(item.zh for item in items), "; ".join(item.en for item in items))
    return _fill(_LEARNS, party=Text(party, party), items=joined)


def _steps(steps: Sequence[str]) -> Text:
    return Text("、".join(steps), ", ".join(steps))


def _fill(pattern: Text, **values: Text) -> Text:
    zh = {name: value.zh for name, value in values.items()}
    en = {name: value.en for name, value in values.items()}
    return Text(pattern.zh.format(**zh), pattern.en.format(**en))
