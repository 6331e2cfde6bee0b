"""Which protocol a run takes when neither side names one. A rule on public numbers: both sides come to the same."""

from __future__ import annotations

from tacit.protocols.psi.wire import Choice, Protocol
from tacit.schema.text import Text

FEW = 1 << 14  # items of both sides together: as many multiplications take as long as the set-up of VOLE-PSI
UNEVEN = 50  # times as many items at one side: a stored table of the larger side serves the smaller one better
KEPT = 1000  # times as many at the sender: from here on a kept table may be chosen, where both sides allow it

_ASKED = Text(zh="由任务指定", en="named by the parties")
_MALICIOUS = Text(
    zh="要求防恶意参与方，只有 VOLE-PSI 提供",
    en="security against malicious parties, which VOLE-PSI alone offers",
)
_SMALL = Text(
    zh="双方合计 {items} 个标识，不足 {few}：ECDH-PSI 无需准备阶段，更快",
    en="{items} keys of both sides together, below {few}: ECDH-PSI needs no set-up and is faster",
)
_LARGE = Text(
    zh="双方合计 {items} 个标识，达到 {few}：VOLE-PSI 计算量小得多",
    en="{items} keys of both sides together, {few} or more: VOLE-PSI computes far less",
)
_UNEVEN = Text(
    zh="一方的标识是另一方的 {ratio} 倍以上；若大表反复使用，请选非平衡协议 unbalanced，查询只需少量流量",
    en="one side has over {ratio} times as many keys; if its table is used again, `unbalanced` moves little per run",
)
_KEPT = Text(
    zh="发送方的标识达到接收方的 {ratio} 倍，且双方允许保存密封表：以后每次运行只需少量流量",
    en="the sender has {ratio} or more times as many keys, and both sides allow a kept table: later runs move little",
)
_NOT_KEPT = Text(
    zh="；允许保存密封表，但发送方的标识不足接收方的 {ratio} 倍",
    en="; a kept table is allowed, but the sender has fewer than {ratio} times as many keys",
)


def choose(
    receiver_count: int, sender_count: int, wish: Protocol, *, malicious: bool = False, kept: bool = False
) -> Choice:
    """The protocol for these numbers of distinct keys. `wish`: what the opening agreed on; AUTO leaves it to the rule.

    `kept`: both sides allow that the receiver keeps a sealed table of the sender (`unbalanced`).
    Bandwidth, cores and memory do not enter: they are known to one side each, and ECDH-PSI moves more bytes per item
    than VOLE-PSI, so that no network turns the rule around.
    """
    advice = _advice(receiver_count, sender_count)
    if wish is not Protocol.AUTO:
        return Choice(wish, _ASKED, None if wish is Protocol.UNBALANCED else advice)
    if malicious:
        return Choice(Protocol.VOLE, _MALICIOUS, advice)
    items = receiver_count + sender_count
    if kept and items >= FEW and sender_count >= KEPT * receiver_count:
        return Choice(Protocol.UNBALANCED, _KEPT.format(ratio=KEPT))
    way, reason = (Protocol.ECDH, _SMALL) if items < FEW else (Protocol.VOLE, _LARGE)
    reason = reason.format(items=items, few=FEW)
    if kept:
        more = _NOT_KEPT.format(ratio=KEPT)
        reason = Text(zh=reason.zh + more.zh, en=reason.en + more.en)
    return Choice(way, reason, advice)


def _advice(receiver_count: int, sender_count: int) -> Text | None:
    few, many = sorted((receiver_count, sender_count))
    return _UNEVEN.format(ratio=UNEVEN) if many > UNEVEN * max(few, 1) and many >= FEW else None
