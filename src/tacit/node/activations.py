"""Policies of sensitive data come into force when enough people have agreed."""

from __future__ import annotations

from dataclasses import dataclass

from tacit.errors import NotFoundError
from tacit.governance.inbox import Kind
from tacit.node.acting import current
from tacit.node.inbox import Draft, Inbox
from tacit.node.policy_desk import PolicyDesk
from tacit.node.rulebook import Rulebook
from tacit.node.signoff import Signoff
from tacit.schema.text import Text

HIGHEST = 5


@dataclass(frozen=True, slots=True)
class Activations:
    """A subject is one version of one dataset's policy: "dataset version hash"."""

    policies: PolicyDesk
    rulebook: Rulebook
    inbox: Inbox
    signoff: Signoff

    def request(self, dataset: str, version: int, hash: str) -> None:
        """Put a version into force, at once or when the others have agreed too.

        Raises NotFoundError("policy.unknown"), InputError("policy.hash_differs").
        """
        row = self.policies.policing.store.get(dataset, version)
        if row.hash != hash:
            self.policies.activate(dataset, version, hash)  # which says so
            return
        subject = f"{dataset} {version} {hash}"
        rules = len(row.document.get("rules", []))
        self.inbox.put(
            Draft(
                Kind.POLICY,
                subject,
                Text(f"启用策略：{dataset} 第 {version} 版", f"Policy of {dataset}, version {version}"),
                Text(
                    f"规则 {rules} 条，由 {row.drafted_by} 起草。内容见 tacit policy show {dataset}",
                    f"{rules} rules, drafted by {row.drafted_by}. Read it with `tacit policy show {dataset}`.",
                ),
                current().actor,
                self._level(dataset),
                own=True,
            )
        )
        self.signoff.settle(Kind.POLICY, subject)

    def apply(self, subject: str, by: str) -> None:
        """What the inbox does when it is approved."""
        dataset, version, hash = subject.split(" ")
        self.policies.activate(dataset, int(version), hash)

    def hash_of(self, subject: str) -> str | None:
        """Of the version that is to come into force."""
        return subject.split(" ")[2]

    def _level(self, dataset: str) -> int:
        try:
            return self.rulebook.level_of(dataset)
        except NotFoundError:
            return HIGHEST
