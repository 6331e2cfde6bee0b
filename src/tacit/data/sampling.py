"""A uniform sample of the rows of a dataset, without reading all of it where its format allows that."""

from __future__ import annotations

import numpy as np

from tacit.data import folders, queries, sampling_files, sampling_queries
from tacit.data.pieces import read_piece
from tacit.data.reading import Reading
from tacit.data.reservoir import Sample, drawn
from tacit.data.sources import BATCH_ROWS, Source, batches, merged, no_rows, opened, pieces_of, query_of
from tacit.errors import ParameterError

__all__ = ["Sample", "sample"]


def sample(source: Source, rows: int, seed: int, reading: Reading | None = None) -> Sample:
    """At most `rows` rows, drawn without replacement; the same for the same seed while the dataset is the same.

    Every row is as likely as any other. Parquet and CSV are sampled in blocks (row groups; byte ranges of 64 KiB), as
    are tables of PostgreSQL (pages): rows of one block come together or not at all, so that an estimate is as sure as
    the number of blocks, not of rows, where neighbours are alike. What offers no blocks is gone through once.
    Errors as of `sources.read_table`; ParameterError parameter.invalid. Source: Cochran, Sampling Techniques (1977), 9.
    """
    if rows < 1:
        raise ParameterError("parameter.invalid", "`rows` is at least 1.", found=str(rows))
    rng = np.random.default_rng(seed)
    wishes = merged(source, reading)
    found: Sample | None
    with opened(source):
        if source.format in queries.FORMATS:
            found = sampling_queries.sample_query(*query_of(source), wishes, rows, rng)
        else:
            found = _from_files(source, wishes, rows, rng)
    if found is None:
        found = drawn(batches(source, reading), rows, rng)
    if found.table.num_rows == 0:
        raise no_rows()
    return found


def _from_files(source: Source, reading: Reading, rows: int, rng: np.random.Generator) -> Sample | None:
    parts = pieces_of(source)
    chosen = sampling_files.sampled_parts(parts, reading, rows, rng)
    if chosen is None:
        return None
    few, total, how = chosen
    if not few:
        raise no_rows()
    single = folders.is_single(few) and len(parts) == 1
    table = read_piece(few[0].piece, reading) if single else folders.read_parts(few, reading, BATCH_ROWS)
    return Sample(table, total, how)
