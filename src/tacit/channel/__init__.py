"""How bytes get from one party to another: Channel, memory_pair, TLS, framing, metering, transcript."""

from tacit.channel.arrays import recv_array, send_array
from tacit.channel.channel import Buffer, Channel, Session, Traffic
from tacit.channel.memory import memory_pair

__all__ = ["Buffer", "Channel", "Session", "Traffic", "memory_pair", "recv_array", "send_array"]
