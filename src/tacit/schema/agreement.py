"""The project agreement: who works together, on what, on which terms. The document that members negotiate and sign.

Format 1 holds members, datasets, operators and validity. Format 2 adds the number of the offer, what it counters or
amends, and further terms; every field of format 2 is absent (None) in format 1, so that old signatures still fit.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from tacit.schema.canonical import digest
from tacit.schema.flow import Name, OperatorName
from tacit.schema.text import check_readable
from tacit.schema.wire import AgreementId, Digest, Millis, PublicKey, Shape, Signature

DatasetName = Annotated[str, StringConstraints(min_length=1, max_length=128)]
Line = Annotated[
    str, StringConstraints(min_length=1, max_length=200, pattern=r"^[^\n]*$"), AfterValidator(check_readable)
]
Paragraph = Annotated[str, StringConstraints(min_length=1, max_length=4000), AfterValidator(check_readable)]
ProfileName = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{0,62}$")]
Amount = Annotated[str, StringConstraints(pattern=r"^(0|[1-9][0-9]{0,11})(\.[0-9]{1,6})?$")]  # decimal, never a float
Share = Annotated[str, StringConstraints(pattern=r"^(0(\.[0-9]{1,9})?|1(\.0{1,9})?)$")]  # 0 to 1, decimal
Currency = Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")]
Some = Annotated[int, Field(ge=1, le=2**53 - 1)]


class AgreementLimits(Shape):
    """At most `jobs` jobs in each period of `period_ms` from the agreement's beginning (none: in all its time), and
    at most `rows` rows of any one dataset in a job."""

    jobs: Some | None = None
    rows: Some | None = None
    period_ms: Some | None = None


class Price(Shape):
    """What the use of data costs: per job, per row that is read, or per query (one step that reads a dataset).

    `payer`: the member that pays; none: the initiator of the job.
    """

    amount: Amount
    currency: Currency
    unit: Literal["job", "row", "query"]
    payer: Name | None = None


class Conditions(Shape):
    """The terms that format 2 added. No `initiators`, no `profiles`: any. `revenue`: member -> share; they sum to 1."""

    valid_from: Millis | None = None
    limits: AgreementLimits | None = None
    initiators: tuple[Name, ...] | None = Field(default=None, min_length=1, max_length=100)
    profiles: tuple[ProfileName, ...] | None = Field(default=None, min_length=1, max_length=100)
    prices: tuple[Price, ...] | None = Field(default=None, min_length=1, max_length=100)
    revenue: dict[Name, Share] | None = Field(default=None, min_length=1)


class Amended(Shape):
    """The agreement that an amendment changes, by id and by the hash of its document."""

    agreement: AgreementId
    hash: Digest


class ProjectAgreement(Conditions):
    """Who works together, on what, for which purpose, until when. Signed by all members (purpose "project").

    `datasets` lists, per member, the datasets that jobs under this agreement may use. `operators` empty: any.
    `version` numbers the offers of one negotiation; `base` is the hash of the offer that this one counters.
    """

    format: Literal[1, 2] = 1
    id: AgreementId
    name: Line
    purpose: Paragraph
    members: dict[Name, PublicKey] = Field(min_length=2)
    datasets: dict[Name, tuple[DatasetName, ...]] = Field(default_factory=dict)
    operators: tuple[OperatorName, ...] = ()
    created: Millis
    valid_until: Millis
    version: Some | None = None
    base: Digest | None = None
    amends: Amended | None = None

    @model_validator(mode="after")
    def _fields_fit_the_format(self) -> ProjectAgreement:
        added = (*Conditions.model_fields, "version", "base", "amends")
        if self.format == 1 and any(getattr(self, name) is not None for name in added):
            raise ValueError("format 1 does not have these fields")
        if self.format == 2 and self.version is None:
            raise ValueError("format 2 numbers its offers")
        return self

    @property
    def number(self) -> int:
        """The offer's number; an agreement of format 1 was never countered."""
        return self.version or 1

    def hash(self) -> str:
        """Hex SHA-256 of the canonical document."""
        return digest(self.document())


class SignedProjectAgreement(Shape):
    """A project agreement and the signatures so far."""

    agreement: ProjectAgreement
    signatures: dict[Name, Signature] = Field(default_factory=dict)


class Verification(Shape):
    """A member's word that it has checked every signature on the agreement. Signed (purpose "project-verified")."""

    format: Literal[1] = 1
    agreement: AgreementId
    hash: Digest
    member: Name


class FinalAgreement(SignedProjectAgreement):
    """What is handed out at the end: the agreement, all signatures, and every member's signed verification."""

    verified: dict[Name, Signature] = Field(default_factory=dict)
