"""What every request passes before and behind authentication."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastapi import FastAPI

from tacit.node.api.headers import AnswerHeaders
from tacit.node.api.idempotency import Idempotency
from tacit.node.api.intake import Intake
from tacit.node.stores.requests import RequestStore

if TYPE_CHECKING:
    from tacit.node.api.app import Services


def add_inner(app: FastAPI, services: Services, secret: str) -> None:
    """What stands behind authentication. Call it before authentication is added: the last one added comes first."""
    app.add_middleware(Idempotency, store=RequestStore(services.parts.ground.database), secret=secret)
    app.add_middleware(Intake)


def add_outer(app: FastAPI) -> None:
    """What stands before authentication. Call it last."""
    app.add_middleware(AnswerHeaders)
