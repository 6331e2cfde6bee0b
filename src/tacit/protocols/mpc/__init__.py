"""Secure computation by two data parties and a dealer: profile `2pc-dealer`, semi-honest, over Z_2^64."""

from tacit.protocols.mpc.mpc import Mpc
from tacit.protocols.mpc.products import Blocks, Private
from tacit.protocols.mpc.shares import Shared, concatenate

__all__ = ["Blocks", "Mpc", "Private", "Shared", "concatenate"]
