"""The document of a policy: scopes, rules, exceptions. Its canonical hash is what a person signs for."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StringConstraints, model_validator

from tacit.errors import ParameterError
from tacit.governance.policies.bounds import Bounds
from tacit.governance.uses.use import After, Kind
from tacit.schema.agreement import DatasetName
from tacit.schema.canonical import digest
from tacit.schema.flow import Name, OperatorName, Profile
from tacit.schema.wire import AgreementId, Millis, Shape

RuleId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$")]
Selector = Annotated[str, StringConstraints(min_length=1, max_length=256)]
Note = Annotated[str, StringConstraints(max_length=500)]
_MOST = 200  # rules and exceptions of one policy, each


class Scope(Shape):
    """Which uses are meant. An absent list does not limit.

    `columns`: names, patterns with * and ?, "level:4", "level>=4", "class:health*". `receivers`: who can read.
    `purposes`: patterns over the purpose of the agreement; a job without an agreement has none. Times are UTC.
    """

    columns: tuple[Selector, ...] | None = Field(default=None, min_length=1, max_length=500)
    uses: tuple[Kind, ...] | None = Field(default=None, min_length=1)
    functions: tuple[Name, ...] | None = Field(default=None, min_length=1)
    after: tuple[After, ...] | None = Field(default=None, min_length=1)
    operators: tuple[OperatorName, ...] | None = Field(default=None, min_length=1)
    receivers: tuple[Name, ...] | None = Field(default=None, min_length=1)
    initiators: tuple[Name, ...] | None = Field(default=None, min_length=1)
    agreements: tuple[AgreementId, ...] | None = Field(default=None, min_length=1)
    purposes: tuple[Selector, ...] | None = Field(default=None, min_length=1)
    profiles: tuple[Profile, ...] | None = Field(default=None, min_length=1)
    valid_from: Millis | None = None
    valid_until: Millis | None = None

    @model_validator(mode="after")
    def _times_fit(self) -> Scope:
        if self.valid_from is not None and self.valid_until is not None and self.valid_until < self.valid_from:
            raise ParameterError("policy.invalid", "The end of the validity lies before its beginning.")
        return self


class Rule(Shape):
    """Takes away. deny: refuses what is in scope. only: refuses, for its columns, what is not in scope; bounds what is.
    limit: bounds what is in scope. The times of deny and limit say when the rule counts; those of only, when the
    columns may be used at all."""

    id: RuleId
    effect: Literal["deny", "only", "limit"]
    scope: Scope = Scope()
    bounds: Bounds = Bounds()
    note: Note = ""

    @model_validator(mode="after")
    def _means_something(self) -> Rule:
        if self.effect == "deny" and not self.bounds.empty:
            raise ParameterError(
                "policy.invalid",
                "A deny rule has no bounds.",
                found=self.id,
                hint="Use limit, or leave the bounds out.",
            )
        if self.effect == "limit" and self.bounds.empty:
            raise ParameterError("policy.invalid", "A limit rule needs bounds.", found=self.id)
        return self


class Exemption(Shape):
    """Gives: lifts the level default for what is in scope, within its bounds. It must say which columns and uses."""

    id: RuleId
    scope: Scope
    bounds: Bounds = Bounds()
    note: Note = ""

    @model_validator(mode="after")
    def _is_narrow(self) -> Exemption:
        if self.scope.columns is None or self.scope.uses is None:
            raise ParameterError(
                "policy.too_wide",
                "An exception must name its columns and its uses.",
                found=self.id,
                expected="columns and uses in its scope",
            )
        return self


class Policy(Shape):
    """What the owner of `dataset` allows. Nothing in it: the level defaults alone."""

    format: Literal[1] = 1
    dataset: DatasetName
    rules: tuple[Rule, ...] = Field(default=(), max_length=_MOST)
    exceptions: tuple[Exemption, ...] = Field(default=(), max_length=_MOST)
    note: Note = ""

    @model_validator(mode="after")
    def _ids_differ(self) -> Policy:
        ids = [rule.id for rule in self.rules] + [each.id for each in self.exceptions]
        if len(set(ids)) != len(ids):
            raise ParameterError("policy.invalid", "Two rules of the policy have the same id.")
        return self

    def hash(self) -> str:
        """Hex SHA-256 of the canonical document."""
        return digest(self.document())
