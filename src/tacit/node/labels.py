"""Labels of the node's columns: what scans suggest, what people confirm, and what counts meanwhile.

A scan may raise a label that nobody has confirmed, and never lowers one. Where it finds more than a person has
confirmed, the label stays and a warning is shown until a person decides again. To lower a label from level 4 or 5
takes two people. Labels of a removed dataset stay behind as unconfirmed ones for a dataset of the same name.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from tacit.errors import ParameterError, RefusedError
from tacit.governance.levels import DEFAULT_LEVEL, UNLABELLED, Label, Suggestion, change_of, effective, level_of, merged
from tacit.ledger.audit import AuditTrail, Detail
from tacit.node.acting import PERSON, actor_of, current
from tacit.node.catalogue import Catalogue
from tacit.node.clock import now
from tacit.node.database import Document
from tacit.node.stores.labels import LabelStore, Sheet
from tacit.node.tables.labels import ColumnLabelRow

SUGGESTED, CONFIRMED, INHERITED = "suggested", "confirmed", "inherited"
RAISED = "label.raised"  # why open jobs are examined again


@dataclass(frozen=True, slots=True)
class Wish:
    """What a person wants a column to be."""

    level: int
    klass: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class ColumnLabel:
    """A column with the label that counts and, if there is one, the row behind it."""

    column: str
    type: str
    label: Label
    row: ColumnLabelRow | None

    @property
    def warning(self) -> bool:
        """A scan found more than a person has decided on."""
        return self.row is not None and self.row.source == CONFIRMED and _is_warned(self.row)


class Labels:
    """The labels of this node's datasets. `raised` is called with RAISED after a label went up.

    `local_alone`: the holder of the node's token needs no second person.
    """

    def __init__(
        self,
        store: LabelStore,
        catalogue: Catalogue,
        trail: AuditTrail,
        *,
        default_level: int = DEFAULT_LEVEL,
        local_alone: bool = False,
    ) -> None:
        self.store = store
        self.default_level = default_level
        self.raised: Callable[[str], object] = lambda reason: None
        self._catalogue, self._local_alone = catalogue, local_alone
        self._trail = trail

    def of(self, dataset: str) -> dict[str, Label]:
        """Column -> label that counts, for every column of the dataset. Raises NotFoundError("dataset.unknown")."""
        return {each.column: each.label for each in self.columns(dataset)}

    def level(self, dataset: str) -> int:
        """The highest of its columns. Raises NotFoundError("dataset.unknown")."""
        return level_of(self.of(dataset), default=self.default_level)

    def columns(self, dataset: str) -> list[ColumnLabel]:
        """The columns in the order of the table. Raises NotFoundError("dataset.unknown")."""
        types = self._types(dataset)
        rows = self.store.of(dataset)
        return [ColumnLabel(name, type, self._counts(rows.get(name), type), rows.get(name)) for name, type in types]

    def warnings(self) -> list[tuple[str, ColumnLabel]]:
        """(dataset, column) where a scan found more than a person has confirmed."""
        names = [row.name for row in self._catalogue.all()]
        return [(name, column) for name in names for column in self.columns(name) if column.warning]

    # -- what people decide ----------------------------------------------------------------------------------------

    def confirm(self, dataset: str, columns: Iterable[str] | None = None, reason: str = "") -> list[str]:
        """Take over what is suggested, for these columns or for all; the columns that changed.

        Raises NotFoundError("dataset.unknown"), ParameterError("label.column_unknown", "label.nothing_suggested").
        """
        types = dict(self._types(dataset))
        wanted = list(types) if columns is None else _known(columns, types)
        before = self.of(dataset)
        with self.store.changing(dataset) as sheet:
            done = [name for name in wanted if self._confirm_one(sheet, name, types[name], reason)]
        missing = sorted(set(wanted) - set(done) - {name for name in wanted if before[name].confirmed})
        if columns is not None and missing:
            raise ParameterError(
                "label.nothing_suggested",
                "Nothing is suggested for this column.",
                found=missing[0],
                hint="Set its level yourself.",
            )
        if done:
            self._trail.record("label.confirmed", f"dataset:{dataset}", {"columns": len(done)}, actor=PERSON)
        self._tell_raised(dataset, before)
        return done

    def set(self, dataset: str, wishes: Mapping[str, Wish]) -> list[str]:
        """Label columns; those that wait for a second person are given back.

        Raises NotFoundError("dataset.unknown"),
        ParameterError("label.column_unknown", "label.level_invalid", "label.class_unknown", "label.class_too_low"),
        RefusedError("label.reason_missing").
        """
        types = dict(self._types(dataset))
        _known(wishes, types)
        before = self.of(dataset)
        with self.store.changing(dataset) as sheet:
            waiting = [
                name for name, wish in wishes.items() if not self._set_one(sheet, dataset, name, types[name], wish)
            ]
        for name, wish in wishes.items():
            act = "label.lowering_asked" if name in waiting else "label.set"
            details: dict[str, Detail] = {"column": name, "level": wish.level, "class": wish.klass}
            details["from"] = before[name].level
            self._trail.record(act, f"dataset:{dataset}", details, actor=PERSON)
        self._tell_raised(dataset, before)
        return waiting

    def agree(self, dataset: str, column: str) -> None:
        """The second person agrees to a lower level.

        Raises NotFoundError("dataset.unknown"), ParameterError("label.column_unknown"),
        RefusedError("label.nothing_pending", "label.same_person", "signoff.not_a_person").
        """
        types = dict(self._types(dataset))
        _known([column], types)
        if current().kind == "client":
            raise RefusedError(
                "signoff.not_a_person",
                "At this level only people decide, not programs.",
                found=current().actor,
                expected="somebody who has signed in",
            )
        with self.store.changing(dataset) as sheet:
            row, asked = _asked(sheet, column)
            if asked["by"] == actor_of(PERSON) and not self._signs_alone():
                raise RefusedError(
                    "label.same_person",
                    "Who asked for a lower level cannot be the second to agree.",
                    found=column,
                    hint="Let somebody else of your organisation agree.",
                )
            reason = f"{asked['by']}: {asked['reason']}"
            self._settle_at(sheet, row, types[column], Wish(asked["level"], asked["klass"], reason))
        details: dict[str, Detail] = {"column": column, "level": asked["level"], "asked_by": asked["by"]}
        self._trail.record("label.lowered", f"dataset:{dataset}", details, actor=PERSON)

    def reject(self, dataset: str, column: str) -> None:
        """Drop a change that waits for a second person. Raises RefusedError("label.nothing_pending")."""
        types = dict(self._types(dataset))
        _known([column], types)
        with self.store.changing(dataset) as sheet:
            row, _ = _asked(sheet, column)
            row.pending = None
        self._trail.record("label.lowering_rejected", f"dataset:{dataset}", {"column": column}, actor=PERSON)

    # -- what happens to a dataset ---------------------------------------------------------------------------------

    def absorb(self, dataset: str, suggestions: Mapping[str, Suggestion]) -> None:
        """Keep what a scan suggests."""
        types = dict(self._types(dataset))
        before = self.of(dataset)
        with self.store.changing(dataset) as sheet:
            for column, suggestion in suggestions.items():
                if column in types:
                    _absorb_one(sheet, dataset, column, types[column], suggestion)
        self._tell_raised(dataset, before)

    def forget(self, dataset: str) -> None:
        """The dataset is gone: its labels stay as unconfirmed ones, so that nothing gets less by registering anew."""
        with self.store.changing(dataset) as sheet:
            for row in sheet.rows.values():
                highest = max(row.level, (row.suggested or {}).get("level", 0))
                row.level, row.source, row.pending, row.seen = highest, INHERITED, None, 0
                row.confirmed_by, row.at = None, now()
                sheet.put(row, "node")
        self.store.forget_scan(dataset)

    def _signs_alone(self) -> bool:
        """Whoever holds the node's token may be both people, if the node is set so."""
        return self._local_alone and current().kind == "local"

    # -- inside ----------------------------------------------------------------------------------------------------

    def _types(self, dataset: str) -> list[tuple[str, str]]:
        return [(column["name"], column["type"]) for column in self._catalogue.get(dataset).columns]

    def _counts(self, row: ColumnLabelRow | None, type: str) -> Label:
        """A column whose type has changed is not the column that a person confirmed."""
        label = None if row is None else _label(row)
        if label is not None and row is not None and row.type != type:
            label = replace(label, confirmed=False)
        return effective(label, self.default_level)

    def _confirm_one(self, sheet: Sheet, column: str, type: str, reason: str) -> bool:
        row = sheet.rows.get(column)
        if row is None or (row.source == CONFIRMED and row.type == type and not _is_warned(row)):
            return False
        best = row.suggested
        if best is not None and best["level"] > row.level:
            row.level, row.klass, row.rule = best["level"], best["klass"], best["rule"]
            row.confidence, row.reasons = best["confidence"], best["reasons"]
        self._settle(sheet, row, type, reason)
        return True

    def _set_one(self, sheet: Sheet, dataset: str, column: str, type: str, wish: Wish) -> bool:
        """False: it waits for a second person."""
        row = sheet.rows.get(column)
        standing = None if row is None else _standing(row, self._counts(row, type))
        change = change_of(standing, wish.level, wish.klass, wish.reason, self.default_level)
        if row is None:
            row = _blank(dataset, column, type, self.default_level)
        if change.needs_second:
            row.pending = _pending(wish, actor_of(PERSON))
            sheet.keep(row)
            return False
        self._settle_at(sheet, row, type, wish)
        return True

    def _settle_at(self, sheet: Sheet, row: ColumnLabelRow, type: str, wish: Wish) -> None:
        row.level, row.klass, row.rule, row.confidence, row.reasons = wish.level, wish.klass, None, None, []
        self._settle(sheet, row, type, wish.reason)

    def _settle(self, sheet: Sheet, row: ColumnLabelRow, type: str, reason: str) -> None:
        row.source, row.type, row.reason, row.at = CONFIRMED, type, reason.strip(), now()
        row.confirmed_by = actor_of(PERSON)
        row.seen, row.pending = (row.suggested or {}).get("level", 0), None
        sheet.put(row, row.confirmed_by)

    def _tell_raised(self, dataset: str, before: Mapping[str, Label]) -> None:
        after = self.of(dataset)
        if any(label.level > before[name].level for name, label in after.items() if name in before):
            self.raised(RAISED)


def _label(row: ColumnLabelRow) -> Label:
    return Label(row.level, row.klass, confirmed=row.source == CONFIRMED)


def _is_warned(row: ColumnLabelRow) -> bool:
    return row.suggested is not None and bool(row.suggested["level"] > max(row.level, row.seen))


def _standing(row: ColumnLabelRow, counts: Label) -> Label:
    """What a person would lower: the label, or a higher suggestion that nobody has decided on yet."""
    pressing = (row.suggested or {}).get("level", 0)
    if counts.confirmed:
        return replace(counts, level=max(counts.level, pressing)) if pressing > row.seen else counts
    return replace(counts, level=max(row.level, pressing)) if row.suggested or row.source == INHERITED else counts


def _absorb_one(sheet: Sheet, dataset: str, column: str, type: str, suggestion: Suggestion) -> None:
    """A confirmed label stays; one that nobody confirmed goes up or stays."""
    row = sheet.rows.get(column)
    new = row is None
    row = row or _blank(dataset, column, type, suggestion.level)
    if row.suggested is None or suggestion.level >= row.suggested["level"]:
        if row.suggested is not None and suggestion.level > row.suggested["level"]:
            row.pending = None  # it was asked for under another suggestion
        row.suggested = _document(suggestion)
    label = replace(_label(row), confirmed=row.source == CONFIRMED and row.type == type)
    fresh = Label(suggestion.level, suggestion.klass, confirmed=False)
    stays = merged(label, fresh) is label or (label == fresh and row.rule == suggestion.rule)
    if stays and not new:
        sheet.keep(row)
        return
    row.level, row.klass, row.rule, row.confidence = fresh.level, fresh.klass, suggestion.rule, suggestion.confidence
    row.reasons = [reason.as_dict() for reason in suggestion.reasons]
    row.source, row.type, row.confirmed_by, row.reason, row.at = SUGGESTED, type, None, "", now()
    sheet.put(row, "node")


def _document(suggestion: Suggestion) -> Document:
    return {
        "level": suggestion.level,
        "klass": suggestion.klass,
        "rule": suggestion.rule,
        "confidence": suggestion.confidence,
        "reasons": [reason.as_dict() for reason in suggestion.reasons],
    }


def _asked(sheet: Sheet, column: str) -> tuple[ColumnLabelRow, Document]:
    """Raises RefusedError("label.nothing_pending")."""
    row = sheet.rows.get(column)
    if row is None or row.pending is None:
        raise RefusedError("label.nothing_pending", "No change of this column waits for anybody.", found=column)
    return row, row.pending


def _blank(dataset: str, column: str, type: str, level: int) -> ColumnLabelRow:
    return ColumnLabelRow(
        dataset=dataset,
        column=column,
        type=type,
        level=level,
        klass=UNLABELLED,
        source=SUGGESTED,
        reasons=[],
        reason="",
        at=now(),
        seen=0,
    )


def _pending(wish: Wish, by: str) -> Document:
    return {"level": wish.level, "klass": wish.klass, "reason": wish.reason.strip(), "by": by, "at": now()}


def _known(columns: Iterable[str], types: Mapping[str, Any]) -> list[str]:
    """Raises ParameterError("label.column_unknown")."""
    names = list(dict.fromkeys(columns))
    for name in names:
        if name not in types:
            raise ParameterError("label.column_unknown", "The dataset has no such column.", found=name[:80])
    return names
