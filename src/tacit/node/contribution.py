"""This party's part of a job: what it brings, checked against its catalogue, and signed."""

from __future__ import annotations

import secrets
import time
from dataclasses import dataclass

from tacit import __version__
from tacit.errors import DataError
from tacit.ledger.agreement import disclosures_hash, sign_part
from tacit.ledger.commitment import commit
from tacit.ledger.signature import public_key_text
from tacit.node.blueprint import Blueprint
from tacit.node.catalogue import Catalogue
from tacit.node.database import JobRow
from tacit.node.keys import Keys
from tacit.node.model_shelf import ModelShelf
from tacit.node.settings import Settings
from tacit.runtime.artifacts import digest_file
from tacit.schema.canonical import digest
from tacit.schema.job import DatasetFacts, Part, PartLimits, SignedPart
from tacit.schema.wire import PROTOCOL_VERSION


@dataclass(frozen=True, slots=True)
class Contribution:
    """Makes signed parts. Owns nothing."""

    settings: Settings
    keys: Keys
    catalogue: Catalogue
    models: ModelShelf

    def check(self, blueprint: Blueprint, *, anew: bool = True) -> None:
        """Everything this party must bring is there. `anew`: and stored models may be used, as for a new job.

        Raises NotFoundError("dataset.unknown", "model.unknown"), RefusedError("model.retired"),
        DataError("model.altered").
        """
        for name in blueprint.datasets_of(self.settings.name):
            self.catalogue.check_present(name)
        for name, version in blueprint.models_of(self.settings.name):
            (self.models.usable if anew else self.models.path)(name, version)

    def rows(self, blueprint: Blueprint) -> int:
        """Rows of the largest dataset that this party brings; 0 without any."""
        names = blueprint.datasets_of(self.settings.name)
        return max((self.catalogue.get(name).rows for name in names), default=0)

    def sign(self, row: JobRow, blueprint: Blueprint) -> SignedPart:
        """The approval. Reads the datasets again if their files changed since they were registered."""
        salt = bytes.fromhex(row.salt)
        part = Part(
            job_id=row.id,
            party=self.settings.name,
            key=public_key_text(self.keys.own),
            flow_hash=blueprint.plan.hash,
            disclosures_hash=disclosures_hash(blueprint.disclosures),
            project=row.agreement_id or None,
            datasets={name: self._facts(name, salt) for name in blueprint.datasets_of(self.settings.name)},
            models=self._models(blueprint, salt),
            operators=blueprint.versions,
            software=__version__,
            protocol=PROTOCOL_VERSION,
            limits=self.limits(),
            approved=int(time.time() * 1000),
            nonce=secrets.token_hex(32),
        )
        return sign_part(part, self.keys.identity)

    def limits(self) -> PartLimits:
        settings = self.settings
        return PartLimits(
            memory_mb=settings.worker_memory_mb, wall_s=settings.worker_wall_s, cpu_s=settings.worker_cpu_s
        )

    def _facts(self, name: str, salt: bytes) -> DatasetFacts:
        dataset = self.catalogue.fresh(name)
        return DatasetFacts(
            digest=commit(salt, dataset.digest),
            schema_digest=commit(salt, digest(dataset.columns)),
            rows=dataset.rows,
            columns=len(dataset.columns),
        )

    def _models(self, blueprint: Blueprint, salt: bytes) -> dict[str, str]:
        paths = {name: self.models.usable(name, version) for name, version in blueprint.models_of(self.settings.name)}
        return {f"{name}/{path.stem}": commit(salt, digest_file(path)) for name, path in paths.items()}


def check_unchanged(catalogue: Catalogue, part: SignedPart, salt: bytes, name: str) -> None:
    """A dataset is still what was approved. Raises DataError("dataset.changed")."""
    facts = part.part.datasets.get(name)
    if facts is None or commit(salt, catalogue.fresh(name).digest) != facts.digest:
        raise DataError(
            "dataset.changed",
            f"The dataset '{name}' is not the one that was approved for this job.",
            hint="Submit the job again, so that the new content can be approved.",
        )


def check_same_model(models: ModelShelf, part: SignedPart, salt: bytes, name: str, version: str | None) -> None:
    """A stored model is still what was approved: a newer version is not, and a retired one may not be used.

    Raises DataError("model.changed"), and as `ModelShelf.usable`.
    """
    path = models.usable(name, version)
    if part.part.models.get(f"{name}/{path.stem}") != commit(salt, digest_file(path)):
        raise DataError(
            "model.changed",
            f"The model '{name}' is not the one that was approved for this job.",
            hint="Submit the job again, so that the present version can be approved, or name the version.",
        )
