"""Which encoding the text of a CSV is in, told by its bytes: once, before it is registered, and never at a run."""

from __future__ import annotations

import codecs
import re
from pathlib import Path

import numpy as np

from tacit.data.delimited import check_start
from tacit.data.sources import Source, merged, opened, pieces_of
from tacit.data.storage import StoredFile
from tacit.errors import DataError

BLOCK = 1 << 20  # bytes read at a time; one or two of them tell
_USUAL = 0.6  # share of Chinese text at least: names hold rare characters too
_FEW, _TELLING = 0.1, 20  # share of what may be foreign; characters that it takes to tell
_KANA, _HANGUL = re.compile("[\u3041-\u30fa]"), re.compile("[\uac00-\ud7a3]")
_ASCII = re.compile(r"[\x00-\x7f]+")
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # begins as the mark of UTF-16
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def encoding_of(source: Source) -> str:
    """The encoding that a CSV dataset names, else the one that all its files are in: by a mark at their beginning, or
    UTF-8, or GB18030 (so also GBK and GB2312) where that gives plausible Chinese.

    Raises DataError dataset.encoding_unknown, and what `sources.read_table` raises of a file or an option.
    """
    if "encoding" in source.options:
        return str(source.options["encoding"])
    merged(source, None)
    with opened(source):
        told = [encoding_of_file(part.piece.path) for part in pieces_of(source)]
    found = sorted({each for each in told if each is not None})
    if len(found) > 1:
        raise _unknown(f"files in several encodings: {', '.join(found)}")
    return found[0] if found else "utf-8"


def encoding_of_file(path: Path | StoredFile) -> str | None:
    """None where all of it is ASCII, which is text in any of them. Raises as `encoding_of`."""
    with path.open("rb") as file:
        block = file.read(BLOCK)
        marked = _marked(block)
        check_start(block, wide=marked is not None)
        if marked is not None:
            return marked
        while block.isascii():
            if len(block) < BLOCK:
                return None
            block = file.read(BLOCK)
        more = file.read(BLOCK)  # the first character that is not ASCII may be cut off by the end of the block
        return _of_text(block + more, whole=len(more) < BLOCK)


def _marked(start: bytes) -> str | None:
    return next((name for mark, name in _MARKS if start.startswith(mark)), None)


def _of_text(sample: bytes, *, whole: bool) -> str:
    """Of bytes that begin where a character does, as whatever follows on ASCII alone. `whole`: nothing follows them."""
    if _decoded(sample, "utf-8", whole=whole) is not None:
        return "utf-8"
    text = _decoded(sample, "gb18030", whole=whole)
    if text is not None and _is_chinese(text) and not _is_korean(_decoded(sample, "cp949", whole=whole)):
        return "gb18030"
    raise _unknown("neither UTF-8 nor Chinese in GB18030")


def _decoded(sample: bytes, name: str, *, whole: bool) -> str | None:
    """None where a byte is not of this encoding. What is not the whole may end within a character."""
    try:
        return codecs.getincrementaldecoder(name)().decode(sample, final=whole)
    except UnicodeError:
        return None


def _is_chinese(text: str) -> bool:
    """Whether most of what is not ASCII is punctuation or of the 3755 usual characters (level 1 of GB 2312).

    Almost any bytes are characters of GB18030, but those of other languages' texts are rare ones.
    """
    foreign = _ASCII.sub("", text)
    rows = np.frombuffer(foreign.encode("gb2312", "ignore"), dtype=np.uint8)[::2]
    usual = ((rows >= 0xB0) & (rows <= 0xD7)) | ((rows >= 0xA1) & (rows <= 0xA3))
    return int(usual.sum()) >= _USUAL * len(foreign) and len(_KANA.findall(foreign)) <= _FEW * len(foreign)


def _is_korean(text: str | None) -> bool:
    """Whether nearly all is Hangul. Chinese read so is about half Hangul: its bytes lie in the same rows."""
    foreign = "" if text is None else _ASCII.sub("", text)
    return len(foreign) >= _TELLING and len(_HANGUL.findall(foreign)) >= (1 - _FEW) * len(foreign)


def _unknown(found: str) -> DataError:
    return DataError(
        "dataset.encoding_unknown",
        "The encoding of the text cannot be told from its bytes.",
        found=found,
        hint="Set the dataset's option `encoding` to the one that it was saved in: gb18030, big5, utf-16 or cp1252.",
    )
