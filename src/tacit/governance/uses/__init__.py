"""Which columns of one party a plan uses how, and what of them comes out readable to whom. Pure."""

from __future__ import annotations

from tacit.governance.uses.entries import ENTRIES
from tacit.governance.uses.use import EVERY, KINDS, Known, ModelFacts, Origin, Use
from tacit.governance.uses.walk import uses

__all__ = ["ENTRIES", "EVERY", "KINDS", "Known", "ModelFacts", "Origin", "Use", "uses"]
