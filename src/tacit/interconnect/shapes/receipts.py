"""Receipts: our own addition to the standard."""

from __future__ import annotations

from tacit.schema.job import Receipt, SignedReceipt
from tacit.schema.wire import Shape


class ReceiptSign(Shape):
    receipt: Receipt


class ReceiptPut(Shape):
    receipt: SignedReceipt
