"""Tables of the node by topic."""

from __future__ import annotations

from tacit.node.tables import access as access
from tacit.node.tables import agreements as agreements
from tacit.node.tables import flows as flows
from tacit.node.tables import idempotency as idempotency
from tacit.node.tables import inbox as inbox
from tacit.node.tables import labels as labels
from tacit.node.tables import metering as metering
from tacit.node.tables import models as models
from tacit.node.tables import policies as policies
from tacit.node.tables import portal as portal
from tacit.node.tables import vault as vault
