"""Who sits where: roles and parties of a step, and whether the security profile allows the operator."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tacit.flow.problem import Problem, did_you_mean, listed
from tacit.schema.flow import Flow, PartyKind, Profile, Step
from tacit.schema.operator import Role, Spec


def seat_problems(flow: Flow, index: int, spec: Spec[Any]) -> Iterator[Problem]:
    """Every fault in the `at` of one step."""
    step = flow.steps[index]
    yield from _profile(flow, index, spec)
    roles = {role.name: role for role in spec.roles}
    for name in step.at:
        if name not in roles:
            yield _unknown_role(step, index, name, roles)
    for role in spec.roles:
        if role.name in step.at:
            yield from _party(flow, index, role)
        elif not role.optional:
            yield _missing_role(step, index, spec, role)
    yield from _shared_seats(step, index, roles)


def _profile(flow: Flow, index: int, spec: Spec[Any]) -> Iterator[Problem]:
    step = flow.steps[index]
    if flow.profile in spec.profiles:
        return
    yield Problem(
        "flow.profile_unsupported",
        f"{spec.name} in step {step.id} does not run under the security profile {flow.profile.value}.",
        path=("steps", index, "operator"),
        step=step.id,
        found=flow.profile.value,
        expected=listed(spec.profiles),
        hint="Change the profile of the flow, or take another operator.",
    )


def dealer_problems(flow: Flow) -> Iterator[Problem]:
    """A profile with a dealer needs a party of that kind, and one without has no place for it."""
    dealers = [name for name, kind in flow.parties.items() if kind is PartyKind.DEALER]
    if flow.profile is Profile.TWO_PARTY_DEALER and not dealers:
        yield Problem(
            "flow.dealer_missing",
            f"The security profile {flow.profile.value} needs a dealer, but no party is one.",
            path=("parties",),
            expected="a party of kind dealer",
            hint="Add one under parties, for example notary: dealer.",
        )
    if flow.profile is Profile.TWO_PARTY and dealers:
        yield Problem(
            "flow.dealer_unexpected",
            f"The security profile {flow.profile.value} has no dealer, but {listed(dealers)} is one.",
            path=("parties", dealers[0]),
            found="dealer",
            expected="data",
            hint="Remove the party, or choose the profile 2pc-dealer.",
        )


def _unknown_role(step: Step, index: int, name: str, roles: dict[str, Role]) -> Problem:
    return Problem(
        "flow.unknown_role",
        f"{step.operator} in step {step.id} has no role {name}.",
        path=("steps", index, "at", name),
        step=step.id,
        role=name,
        found=name,
        expected=listed(roles),
        hint=did_you_mean(name, roles),
    )


def _missing_role(step: Step, index: int, spec: Spec[Any], role: Role) -> Problem:
    return Problem(
        "flow.missing_role",
        f"Nobody sits on the role {role.name} of {spec.name} in step {step.id}.",
        path=("steps", index, "at"),
        step=step.id,
        role=role.name,
        found=listed(step.at),
        expected=listed(role.name for role in spec.roles if not role.optional),
        hint=f"Name a {'dealer' if role.dealer else 'data party'} for it under at.",
    )


def _party(flow: Flow, index: int, role: Role) -> Iterator[Problem]:
    step = flow.steps[index]
    party = step.at[role.name]
    kind = flow.parties.get(party)
    wanted = PartyKind.DEALER if role.dealer else PartyKind.DATA
    if kind is wanted:
        return
    place: dict[str, Any] = {"path": ("steps", index, "at", role.name), "step": step.id, "role": role.name}
    if kind is None:
        yield Problem(
            "flow.unknown_party",
            f"{party}, on the role {role.name} of step {step.id}, is not among the parties of the flow.",
            **place,
            found=party,
            expected=listed(flow.parties),
            hint=did_you_mean(party, flow.parties),
        )
        return
    yield Problem(
        "flow.party_kind",
        f"The role {role.name} of step {step.id} is for a party of kind {wanted.value}, and {party} is of kind "
        f"{kind.value}.",
        **place,
        found=kind.value,
        expected=wanted.value,
        hint="A dealer sees no data and a data party must not deal: seat another party.",
    )


def _shared_seats(step: Step, index: int, roles: dict[str, Role]) -> Iterator[Problem]:
    seated: dict[str, str] = {}
    for role, party in step.at.items():
        if role not in roles:
            continue
        if party in seated:
            yield Problem(
                "flow.same_party",
                f"{party} sits on two roles of step {step.id}: {seated[party]} and {role}.",
                path=("steps", index, "at", role),
                step=step.id,
                role=role,
                found=party,
                expected="a different party on every role",
            )
        seated.setdefault(party, role)
