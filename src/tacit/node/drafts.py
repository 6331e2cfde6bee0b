"""Drafts of flows: what people of this organisation work on before it is submitted. Nothing of them leaves the node."""

from __future__ import annotations

import json
import secrets
import threading
import time
from collections.abc import Callable
from typing import Any

from tacit.flow import FlowCheckError
from tacit.flow.document import MAX_BYTES
from tacit.flow.values import refuse_odd_values
from tacit.ledger.audit import AuditTrail
from tacit.node.acting import PERSON, actor_of
from tacit.node.clock import now
from tacit.node.database import Document
from tacit.node.stores.agreements import AgreementStore
from tacit.node.stores.flows import FlowDraftStore
from tacit.node.tables.flows import FlowDraftRow

RECORDED_EVERY_S = 60.0  # saving while one types is one act a minute
_REMEMBERED = 10_000
_NAME, _TITLE = 63, 200  # characters that lists show


class Drafts:
    """A draft may be unsound, but it must be something that a flow document can hold, and of its size."""

    def __init__(
        self,
        store: FlowDraftStore,
        agreements: AgreementStore,
        trail: AuditTrail,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.store = store
        self._agreements = agreements
        self._trail = trail
        self._clock = clock
        self._lock = threading.Lock()
        self._recorded: dict[tuple[str, str], float] = {}  # (who, draft) -> when

    def add(self, document: Document, *, agreement: str | None = None, template: str | None = None) -> FlowDraftRow:
        """Raises FlowCheckError, NotFoundError("agreement.unknown"), ResourceError("flow.drafts_full")."""
        shown, who, at = self._shown(document, agreement), actor_of(PERSON), now()
        row = FlowDraftRow(
            **shown,
            id=f"flow-{secrets.token_hex(8)}",
            agreement_id=agreement or "",
            template=template,
            version=1,
            created_by=who,
            created_at=at,
            updated_by=who,
            updated_at=at,
        )
        self.store.add(row)
        self._record("flow.drafted", row)
        return row

    def save(self, draft: str, version: int, document: Document, **values: str | None) -> FlowDraftRow:
        """Replace version `version` of a draft. `agreement`: if it is to change; None for none.

        Raises FlowCheckError, NotFoundError, InputError("flow.conflict").
        """
        shown = self._shown(document, values.get("agreement"))
        if "agreement" in values:
            shown["agreement_id"] = values["agreement"] or ""
        row = self.store.change(draft, version, **shown, updated_by=actor_of(PERSON), updated_at=now())
        if self._is_news(row):
            self._record("flow.draft_changed", row)
        return row

    def remove(self, draft: str) -> None:
        """Jobs and schedules that were made of it go on. Raises NotFoundError("flow.draft_unknown")."""
        self._record("flow.draft_removed", self.store.remove(draft))

    def _shown(self, document: Document, agreement: str | None) -> dict[str, Any]:
        """The document, and what lists tell of it."""
        _check(document)
        if agreement:
            self._agreements.get(agreement)
        name, title, steps = (document.get(key) for key in ("name", "title", "steps"))
        words = title if isinstance(title, dict) else {}
        told = {key: text[:_TITLE] for key in ("zh", "en") if isinstance(text := words.get(key), str)}
        return {
            "document": document,
            "name": name[:_NAME] if isinstance(name, str) else "",
            "title": told or None,
            "steps": len(steps) if isinstance(steps, list) else 0,
        }

    def _is_news(self, row: FlowDraftRow) -> bool:
        key, at = (row.updated_by, row.id), self._clock()
        with self._lock:
            if at - self._recorded.get(key, at - RECORDED_EVERY_S) < RECORDED_EVERY_S:
                return False
            if len(self._recorded) >= _REMEMBERED:
                self._recorded.clear()
            self._recorded[key] = at
            return True

    def _record(self, act: str, row: FlowDraftRow) -> None:
        self._trail.record(act, f"flow:{row.id}", {"version": row.version}, actor=PERSON)


def _check(document: Document) -> None:
    """Raises FlowCheckError: flow.too_deep, flow.bad_value, flow.too_large."""
    refuse_odd_values(document)
    if len(json.dumps(document, ensure_ascii=False).encode()) > MAX_BYTES:
        raise FlowCheckError.one(
            "flow.too_large", "The flow document is too large.", expected=f"at most {MAX_BYTES} bytes"
        )
