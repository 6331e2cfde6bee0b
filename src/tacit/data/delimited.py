"""CSV files: cut into cells by Arrow, typed as declared or as all the cells allow, never quoted in an error."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import TypeVar

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pacsv

from tacit.data.checks import fits, not_numeric
from tacit.data.columns import duplicate_column
from tacit.data.storage import StoredFile
from tacit.errors import DataError, InternalError, TacitError

BLOCK = 4 << 20  # bytes cut at a time; a row must fit
_UNFIT = re.compile(r"In CSV column #(\d+): .*?CSV conversion error to (\w+)", re.DOTALL)
_RAGGED = re.compile(r"Expected (\d+) columns, got (\d+)")
_TEXT = pa.string()
_NO_TYPE = pa.null()
_NUMBER = pa.float64()
_NO_MARKS = bytes(set(range(256)) - set(b'"\r\n'))
_ABOVE = {
    _NO_TYPE: (pa.int64(), pa.float64(), pa.bool_(), _TEXT),
    pa.int64(): (pa.int64(), pa.float64(), _TEXT),
    pa.float64(): (pa.float64(), _TEXT),
    pa.bool_(): (pa.bool_(), _TEXT),
}
T = TypeVar("T")


class _UnfitError(Exception):
    """A cell does not fit the type of its column; the column's number in the file's header is the argument."""


@dataclass(frozen=True, slots=True)
class Delimited:
    """A CSV file and how it is cut: one character between cells, an encoding, whether cells may hold line ends."""

    path: Path | StoredFile
    delimiter: str
    encoding: str
    null_values: tuple[str, ...]
    multiline: bool

    def names(self) -> list[str]:
        """The header line. Raises DataError dataset.unreadable, dataset.encoding_wrong, dataset.empty."""
        with self._translated():
            return list(self._open({}).schema.names)

    def guessed(self, names: list[str], *, empty: pa.DataType = _NUMBER) -> dict[str, pa.DataType]:
        """Type of each column as a first block tells; one without any value there is looked at in the whole file.

        `empty` is the type of a column without a value in any row.
        """
        types = self.settled(names, blocks=1)
        return types | self.settled([name for name, dtype in types.items() if dtype == _NO_TYPE], empty=empty)

    def table(self, types: dict[str, pa.DataType], *, guesses: Iterable[str]) -> pa.Table:
        """Columns named in `types`, in that order, in one pass on all cores.

        A type in `guesses` that does not hold is settled from all cells of the column, put into `types`, and the
        file is read again. Raises DataError data.not_numeric for a declared one, dataset.unreadable.
        """
        return self._persist(lambda: self._read(types).select(list(types)), types, guesses)

    def confirmed(self, types: dict[str, pa.DataType], *, guesses: Iterable[str]) -> int:
        """The same as a stream: mends the guesses in `types` and returns the number of rows, keeping no data."""
        return self._persist(lambda: sum(int(batch.num_rows) for batch in self._open(types)), types, guesses)

    def _persist(self, attempt: Callable[[], T], types: dict[str, pa.DataType], guesses: Iterable[str]) -> T:
        loose = set(guesses)
        while True:
            try:
                with self._translated():
                    return attempt()
            except _UnfitError as unfit:
                name = self._name_at(int(unfit.args[0]), types)
                if name not in loose:
                    raise self.not_numeric(name, types[name]) from None
                types[name] = self.settled([name])[name]
                loose.discard(name)

    def batches(self, types: Mapping[str, pa.DataType]) -> Iterator[pa.RecordBatch]:
        """The same columns, streamed in one thread; every type must hold (see `confirmed`)."""
        try:
            with self._translated():
                for batch in self._open(types):
                    yield batch.select(list(types))
        except _UnfitError as unfit:
            name = self._name_at(int(unfit.args[0]), types)
            raise self.not_numeric(name, types[name]) from None

    def settled(
        self, names: list[str], *, blocks: int | None = None, empty: pa.DataType = _NUMBER
    ) -> dict[str, pa.DataType]:
        """Narrowest type that holds all cells of the first `blocks` blocks (None: of the whole file).

        int64, float64, bool or string; null for a column without values in a sample, `empty` in the whole file.
        """
        found = dict.fromkeys(names, _NO_TYPE)
        if not names:
            return found
        with self._translated():
            for index, batch in enumerate(self._open(dict.fromkeys(names, _TEXT))):
                for name in names:
                    found[name] = _widened(found[name], batch.column(name))
                if blocks is not None and index + 1 >= blocks:
                    return found
        return {name: empty if dtype == _NO_TYPE else dtype for name, dtype in found.items()}

    def not_numeric(self, name: str, dtype: pa.DataType) -> TacitError:
        """Count and find the cells that do not fit a declared type."""
        kind = {pa.int64(): "integer", pa.float64(): "number", pa.bool_(): "boolean"}[dtype]
        count, first, rows = 0, 0, 0
        for batch in self.batches({name: _TEXT}):
            bad = pc.invert(fits(batch.column(name), kind))
            here = pc.sum(bad).as_py() or 0
            if here and not count:
                first = rows + pc.index(bad, True).as_py()
            count, rows = count + here, rows + batch.num_rows
        if not count:
            return InternalError("internal.csv_type", f"Column '{name}' could not be read as {kind}.")
        return not_numeric(name, count, self.place(first), kind)

    def place(self, row: int) -> str:
        """Where a row (0 is the first below the header) starts, as a line number of the file."""
        for index, (line, _) in enumerate(self._rows()):
            if index == row + 1:
                return f"line {line}"
        return f"row {row + 1}"

    def check_quotes(self) -> None:
        """Read strictly, once and slowly: a quote that is never closed would swallow rows without a word.

        Raises DataError dataset.unreadable, dataset.encoding_wrong.
        """
        line = 0
        csv.field_size_limit(BLOCK)
        with self.path.open(encoding=self.encoding, newline="") as file:
            reader = csv.reader(file, delimiter=self.delimiter, strict=True)
            try:
                for _ in reader:
                    line = reader.line_num
            except csv.Error:
                raise _unreadable("has a quote that is not closed, or not doubled", f"in line {line + 1}") from None
            except UnicodeError:
                raise self._bad_encoding() from None

    def _rows(self) -> Iterator[tuple[int, int]]:
        """First line and number of cells of every row, header included; slow, for telling people where."""
        previous = 0
        with self.path.open(encoding=self.encoding, newline="", errors="replace") as file, suppress(csv.Error):
            reader = csv.reader(file, delimiter=self.delimiter)
            for row in reader:
                if row:
                    yield previous + 1, len(row)
                previous = reader.line_num

    def _name_at(self, index: int, types: Mapping[str, pa.DataType]) -> str:
        name = self.names()[index]
        if name not in types:
            raise InternalError("internal.csv_column", "A column of the file could not be told from its number.")
        return name

    def _options(self, types: Mapping[str, pa.DataType], *, threads: bool) -> dict[str, object]:
        convert = pacsv.ConvertOptions(
            column_types=dict(types),
            include_columns=list(types),
            null_values=list(self.null_values),
            strings_can_be_null=True,
        )
        return {
            "read_options": pacsv.ReadOptions(encoding=self.encoding, block_size=BLOCK, use_threads=threads),
            "parse_options": pacsv.ParseOptions(delimiter=self.delimiter, newlines_in_values=self.multiline),
            "convert_options": convert,
        }

    def _open(self, types: Mapping[str, pa.DataType]) -> pacsv.CSVStreamingReader:
        return pacsv.open_csv(self._bytes(), **self._options(types, threads=False))

    def _read(self, types: Mapping[str, pa.DataType]) -> pa.Table:
        return pacsv.read_csv(self._bytes(), **self._options(types, threads=True))

    def _bytes(self) -> Path | pa.NativeFile:
        return self.path if isinstance(self.path, Path) else self.path.sequential()

    @contextmanager
    def _translated(self) -> Generator[None]:
        """Arrow's errors quote cells; ours must not, so nothing of theirs is passed on or chained."""
        try:
            yield
        except UnicodeError:
            raise self._bad_encoding() from None
        except pa.ArrowInvalid as error:
            raise self._from_arrow(str(error)) from None

    def _from_arrow(self, text: str) -> Exception:
        if "Empty CSV" in text:
            return DataError("dataset.empty", "The file is empty.", expected="a header line and rows")
        if "invalid UTF8" in text:
            return self._bad_encoding()
        if (unfit := _UNFIT.search(text)) is not None:
            return _UnfitError(unfit[1])
        if (ragged := _RAGGED.search(text)) is not None:
            return self._ragged(int(ragged[1]))
        if "straddl" in text:
            return _unreadable(f"has a row of more than {BLOCK >> 20} MiB", "a quote that is never closed, perhaps")
        return _unreadable("cannot be cut into rows and cells", "not a CSV file")

    def _ragged(self, expected: int) -> DataError:
        where = next(((line, cells) for line, cells in self._rows() if cells != expected), None)
        return DataError(
            "dataset.unreadable",
            "A row does not have as many cells as the header.",
            found=f"{where[1]} cells in line {where[0]}" if where else "another number of cells",
            expected=f"{expected} cells",
            hint="Check the `delimiter` option, and that cells holding it are in double quotes.",
        )

    def _bad_encoding(self) -> DataError:
        other = "gb18030" if self.encoding == "utf-8" else "utf-8"
        return DataError(
            "dataset.encoding_wrong",
            f"The file is not text in {self.encoding}.",
            found="bytes that this encoding does not have",
            expected=self.encoding,
            hint=f"Choose the encoding that it was saved in (the dataset's option `encoding`), such as {other}.",
        )


def open_delimited(
    path: Path | StoredFile, *, delimiter: str, encoding: str, null_values: tuple[str, ...]
) -> Delimited:
    """Look at the raw bytes once: refuse what is no CSV, and see whether cells hold line ends.

    Raises DataError dataset.unreadable, dataset.empty; OSError if it cannot be opened.
    """
    wide = encoding.startswith(("utf-16", "utf-32", "utf_16", "utf_32"))
    file = Delimited(path, delimiter, encoding, null_values, multiline=_has_quoted_line_end(path, wide=wide))
    if file.multiline:
        file.check_quotes()
    return file


def check_header(names: list[str], selected: list[str]) -> None:
    """No selected column may stand twice in the header. Raises DataError data.column_duplicate."""
    for name in selected:
        if names.count(name) > 1:
            raise duplicate_column(name, names.count(name))


def _has_quoted_line_end(path: Path | StoredFile, *, wide: bool) -> bool:
    """Whether a line end, or the end of the file, comes after an odd number of double quotes.

    If none does, lines are rows and can be cut on all cores. Encodings of several bytes per character cannot be
    judged by their bytes and count as if one did, once there is a quote.
    """
    with path.open("rb") as file:
        start, odd = file.read(1 << 16), 0
        check_start(start, wide=wide)
        for block in chain([start], iter(lambda: file.read(BLOCK), b"")):
            if not odd and b'"' not in block:
                continue
            if wide:
                return True
            marks = np.frombuffer(block.translate(None, _NO_MARKS), dtype=np.uint8)
            quotes = marks == ord('"')
            inside = np.bitwise_xor.accumulate(quotes.view(np.uint8))
            if (inside[~quotes] != odd).any():
                return True
            odd ^= int(inside[-1]) if len(inside) else 0
    return odd == 1


def check_start(start: bytes, *, wide: bool) -> None:
    """Refuse what is no text at all. Raises DataError dataset.empty, dataset.unreadable."""
    if not start:
        raise DataError("dataset.empty", "The file is empty.", expected="a header line and rows")
    if start.startswith((b"PAR1", b"PK\x03\x04", b"ARROW1", b"\x1f\x8b", b"\xd0\xcf\x11\xe0")):
        raise _unreadable("is not a CSV file", "Parquet, a spreadsheet or a compressed file")
    if not wide and b"\0" in start:
        raise _unreadable("is not a CSV file", "zero bytes")


def _widened(dtype: pa.DataType, column: pa.Array) -> pa.DataType:
    """Narrowest type at or above `dtype` that also holds this text column. Order: null < int < float, bool < text."""
    if dtype == _TEXT or column.null_count == len(column):
        return dtype
    cells = pc.utf8_trim(column, " \t")
    return next((target for target in _ABOVE[dtype] if target == _TEXT or _castable(cells, target)), _TEXT)


def widest(types: Iterable[pa.DataType]) -> pa.DataType:
    """Narrowest type for the columns of several files; float64 where none of them has a value."""
    found = set(types) - {_NO_TYPE}
    if len(found) <= 1:
        return found.pop() if found else _NUMBER
    return _NUMBER if found == {pa.int64(), _NUMBER} else _TEXT


def _castable(cells: pa.Array, target: pa.DataType) -> bool:
    if pa.types.is_boolean(target):
        return bool(pc.all(fits(cells, "boolean")).as_py())
    try:
        cells.cast(target)
    except pa.ArrowInvalid:
        return False
    return True


def _unreadable(what: str, found: str) -> DataError:
    return DataError(
        "dataset.unreadable",
        f"The file {what}.",
        found=found,
        expected="a CSV file with a header line",
        hint="Check the file, and the dataset's format and options.",
    )
