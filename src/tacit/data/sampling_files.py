"""Sampled files: every file is replaced by a small one in memory that holds the chosen rows as they are stored."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO, Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from tacit.data import columnar
from tacit.data.folders import Part
from tacit.data.pieces import Piece, delimited_of, size_of
from tacit.data.reading import Reading
from tacit.data.reservoir import choice
from tacit.data.storage import StoredFile

TILE = 1 << 16  # bytes of a block of a CSV
_GROUPS = 48  # row groups that are read at least, if there are so many
_ENOUGH = 2_000_000  # rows after which no more row groups are read
_TILES = 64
_SPARE = 1.3
_LINE = 4 << 20  # longest line, as of `delimited.BLOCK`

Chosen = tuple[list[Part], int | None, dict[str, Any]]


def sampled_parts(parts: Sequence[Part], reading: Reading, rows: int, rng: np.random.Generator) -> Chosen | None:
    """Parts with about `rows` rows in all, how many rows there were, and how they were found.

    None where the whole must be gone through: small CSV files, cells with line ends, encodings of several bytes.
    """
    choose = {"parquet": _parquet, "arrow": _arrow, "csv": _csv}[parts[0].piece.format]
    return choose(parts, reading, rows, rng)


@dataclass(frozen=True, slots=True)
class _Memory:
    """A store of one object."""

    content: bytes | pa.Buffer

    def open_input_stream(self, path: str) -> pa.NativeFile:
        return pa.BufferReader(self.content)

    def open_input_file(self, path: str) -> pa.NativeFile:
        return pa.BufferReader(self.content)


def _in_memory(part: Part, content: bytes | pa.Buffer, format: str) -> Part:
    file = StoredFile(_Memory(content), "sample", len(content), "")
    return replace(part, piece=Piece(file, format, part.piece.options))


def _parquet(parts: Sequence[Part], reading: Reading, rows: int, rng: np.random.Generator) -> Chosen:
    sizes = [(index, group, n) for index, part in enumerate(parts) for group, n in enumerate(_groups(part))]
    total = sum(n for _, _, n in sizes)
    if total <= rows:
        return list(parts), total, {"method": "all"}
    picked, count = [], 0
    for place in rng.permutation(len(sizes)):
        picked.append(int(place))
        count += sizes[place][2]
        if count >= rows and (len(picked) >= _GROUPS or count >= _ENOUGH):
            break
    picked.sort()
    wanted, start, few = choice(count, rows, rng), 0, []
    for index in dict.fromkeys(sizes[place][0] for place in picked):
        groups = [sizes[place] for place in picked if sizes[place][0] == index]
        table, start = _rows_of_groups(parts[index], reading, groups, wanted, start)
        few.append(_in_memory(parts[index], _ipc(table), "arrow"))
    return few, total, {"method": "row_groups", "blocks": len(picked), "blocks_of": len(sizes)}


def _groups(part: Part) -> list[int]:
    with columnar.translated("Parquet"), columnar.opened(part.piece.path) as file, pq.ParquetFile(file) as found:
        return [found.metadata.row_group(index).num_rows for index in range(found.num_row_groups)]


def _rows_of_groups(
    part: Part, reading: Reading, groups: Sequence[tuple[int, int, int]], wanted: Any, start: int
) -> tuple[pa.Table, int]:
    """The wanted rows of some groups of one file; `start`: rows of the groups before. Also where the next begin."""
    made = []
    with columnar.translated("Parquet"), columnar.opened(part.piece.path) as file, pq.ParquetFile(file) as found:
        names = _inner(part, reading, found.schema_arrow.names)
        for _, group, count in groups:
            here = wanted[(wanted >= start) & (wanted < start + count)] - start
            made.append(found.read_row_group(group, columns=names).select(names).take(pa.array(here)))
            start += count
    return pa.concat_tables(made), start


def _arrow(parts: Sequence[Part], reading: Reading, rows: int, rng: np.random.Generator) -> Chosen:
    """Files of this machine are mapped: only the pages that hold chosen rows are read."""
    counts = [columnar.arrow_schema(part.piece.path)[1] for part in parts]
    total = sum(counts)
    if total <= rows:
        return list(parts), total, {"method": "all"}
    wanted, start, few = choice(total, rows, rng), 0, []
    for part, count in zip(parts, counts, strict=True):
        here = wanted[(wanted >= start) & (wanted < start + count)] - start
        start += count
        if not len(here):
            continue
        names = _inner(part, reading, columnar.arrow_schema(part.piece.path)[0].names)
        few.append(_in_memory(part, _ipc(columnar.read_arrow(part.piece.path, names).take(pa.array(here))), "arrow"))
    return few, total, {"method": "random_rows"}


def _inner(part: Part, reading: Reading, names: list[str]) -> list[str]:
    """The wanted columns that stand in the file itself; the first if all are told by folders."""
    wanted = [name for name in reading.select([*names, *part.values]) if name in names]
    return wanted or names[:1]


def _ipc(table: pa.Table) -> pa.Buffer:
    sink = pa.BufferOutputStream()
    with pa.ipc.new_file(sink, table.schema) as writer:
        writer.write_table(table)
    return sink.getvalue()


@dataclass(frozen=True, slots=True)
class _Lines:
    """A CSV cut into tiles: a line belongs to the tile in which it begins."""

    part: Part
    header: bytes
    size: int

    @property
    def tiles(self) -> int:
        return math.ceil((self.size - len(self.header)) / TILE)

    def of_tile(self, file: IO[bytes], tile: int) -> list[bytes]:
        """Whole lines; one that reaches over the end of the tile is read on."""
        start = len(self.header) + tile * TILE
        file.seek(start - 1)
        block = file.read(TILE + 1)
        ends = block[-1:] == b"\n"
        lines = block.split(b"\n")[1:-1] if b"\n" in block else []
        rest = block.rpartition(b"\n")[2] if b"\n" in block else b""
        if b"\n" in block and not ends:
            lines.append(rest + _to_line_end(file))
        return [line for line in lines if line.strip()]


def _to_line_end(file: IO[bytes]) -> bytes:
    found = b""
    while len(found) < _LINE and (more := file.read(1 << 12)):
        head, end, _ = more.partition(b"\n")
        found += head
        if end:
            break
    return found


def _csv(parts: Sequence[Part], reading: Reading, rows: int, rng: np.random.Generator) -> Chosen | None:
    files = [_cut(part, reading) for part in parts]
    if any(file is None for file in files):
        return None
    cut = [file for file in files if file is not None]
    places = [(index, tile) for index, file in enumerate(cut) for tile in range(file.tiles)]
    wanted = _tiles_for(cut, rows)
    if wanted >= len(places) // 2:
        return None
    picked = [places[place] for place in choice(len(places), wanted, rng)]
    lines = _picked_lines(cut, picked)
    count = sum(map(len, lines.values()))
    chosen, start, few = choice(count, rows, rng), 0, []
    for index, found in lines.items():
        here = chosen[(chosen >= start) & (chosen < start + len(found))] - start
        start += len(found)
        if len(here):
            body = b"".join(found[place] + b"\n" for place in here)
            few.append(_in_memory(cut[index].part, cut[index].header + body, "csv"))
    estimate = round(count * len(places) / len(picked))
    how = {"method": "byte_ranges", "blocks": len(picked), "blocks_of": len(places), "rows_estimated": estimate}
    return few, None, how


def _picked_lines(cut: Sequence[_Lines], picked: Sequence[tuple[int, int]]) -> dict[int, list[bytes]]:
    lines: dict[int, list[bytes]] = {}
    for index in dict.fromkeys(index for index, _ in picked):
        with _random(cut[index].part.piece.path) as file:
            found = [cut[index].of_tile(file, tile) for other, tile in picked if other == index]
        lines[index] = [line for tile in found for line in tile]
    return lines


def _tiles_for(cut: Sequence[_Lines], rows: int) -> int:
    """How many tiles hold `rows` lines, judged by the beginning of each file, with some to spare."""
    lengths = []
    for each in cut:
        if each.tiles:
            with _random(each.part.piece.path) as file:
                lines = each.of_tile(file, 0)
            if lines:
                lengths.append(sum(map(len, lines)) / len(lines) + 1)
    length = max(lengths, default=1.0)
    return max(_TILES, math.ceil(_SPARE * rows * length / TILE))


def _cut(part: Part, reading: Reading) -> _Lines | None:
    """None where lines are not rows: cells with line ends, encodings in which a byte 10 may be half a character."""
    file = delimited_of(part.piece, reading)
    if file.multiline or file.encoding.startswith(("utf-16", "utf-32", "utf_16", "utf_32")):
        return None
    with _random(part.piece.path) as opened:
        start = opened.read(_LINE)
    header, end, _ = start.partition(b"\n")
    return _Lines(part, header + end, size_of(part.piece)) if end else None


def _random(path: Path | StoredFile) -> Any:
    return path.open("rb") if isinstance(path, Path) else path.random()
