"""Whether a job falls under a project agreement. Pure; signatures are `tacit.ledger.project`'s matter."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from tacit.errors import RefusedError
from tacit.schema.job import ProjectAgreement


def check_covers(
    agreement: ProjectAgreement,
    *,
    parties: Collection[str],
    datasets: Mapping[str, Iterable[str]],
    operators: Iterable[str],
    now_ms: int,
) -> None:
    """The agreement allows a job of these `parties` that reads these `datasets` (party -> names).

    Raises RefusedError: project.expired, project.not_a_member, project.dataset_not_listed,
    project.operator_not_listed.
    """
    if now_ms > agreement.valid_until:
        raise RefusedError(
            "project.expired", f"The agreement '{agreement.name}' has expired.", hint="Its members can sign a new one."
        )
    strangers = sorted(set(parties) - set(agreement.members))
    if strangers:
        raise RefusedError(
            "project.not_a_member",
            f"{strangers[0]} is not a member of the agreement '{agreement.name}'.",
            expected=", ".join(sorted(agreement.members)),
        )
    for party, names in sorted(datasets.items()):
        unlisted = sorted(set(names) - set(agreement.datasets.get(party, ())))
        if unlisted:
            raise RefusedError(
                "project.dataset_not_listed",
                f"The agreement '{agreement.name}' does not list this dataset of {party}.",
                found=unlisted[0],
                hint="Take a dataset that it lists, or sign a new agreement.",
            )
    foreign = sorted(set(operators) - set(agreement.operators)) if agreement.operators else []
    if foreign:
        raise RefusedError(
            "project.operator_not_listed",
            f"The agreement '{agreement.name}' does not allow this operator.",
            found=foreign[0],
            expected=", ".join(agreement.operators),
        )
