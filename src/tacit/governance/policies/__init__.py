"""Policies of datasets: what an owner allows, and whether a plan keeps to it. Pure.

Three layers, and what each can do:

    level defaults    what a column of a level may be used for when nobody said anything: `defaults.gap`
    rules             only take away. `deny`: what it matches is refused. `only`: the columns it names may be used as it
                      says and not otherwise. `limit`: what it matches must keep its bounds.
    exceptions        only give. Each lifts the level default, and nothing else, for exactly the uses that it names,
                      within its own bounds. Never at level 5.

A use is allowed if no rule refuses it, all bounds of all rules that match hold, and either the level default allows it
or an exception does. From this form follow the laws that the tests check: every rule is one more condition in a
conjunction, so adding a rule never widens, and deny overrides; every exception is one more branch of one disjunction,
so adding one never narrows, and widens for what it names alone; both are commutative and idempotent, so order and
repetition do not matter. That is why widening is not a rule: were it one, adding a rule could widen.

Every owner decides for its own columns at its own node and a job needs all of them, so the most restrictive wins.
"""

from __future__ import annotations

from tacit.governance.policies.bounds import Bounds, DpBound, ProbeBound, RateBound, strictest
from tacit.governance.policies.decision import Charge, Decision, Keep, Quota, decide
from tacit.governance.policies.defaults import LEAST_GROUP, gap
from tacit.governance.policies.policy import Exemption, Policy, Rule, Scope
from tacit.governance.policies.question import Question
from tacit.governance.policies.reasons import Reason

__all__ = [
    "LEAST_GROUP",
    "Bounds",
    "Charge",
    "Decision",
    "DpBound",
    "Exemption",
    "Keep",
    "Policy",
    "ProbeBound",
    "Question",
    "Quota",
    "RateBound",
    "Reason",
    "Rule",
    "Scope",
    "decide",
    "gap",
    "strictest",
]
