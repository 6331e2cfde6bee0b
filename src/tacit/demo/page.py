"""The demo's report as text: who learned what, how good, how fast, and where the proof is."""

from __future__ import annotations

from pathlib import Path
from textwrap import indent

from tacit.client.disclosures import describe_disclosures
from tacit.client.language import language
from tacit.demo.story import Outcome


def describe(outcome: Outcome, folder: Path) -> str:
    """One screen for a person, in their language."""
    zh = language() == "zh"
    facts = outcome.as_dict()
    lines = ["", "各方得知了什么" if zh else "What each organisation learned"]
    lines.append(indent(describe_disclosures(outcome.job["disclosures"], language()), "  "))
    lines += ["", "模型效果 (AUC)" if zh else "How good is the model (AUC on the same test rows)"]
    names = {
        "secure": ("联合建模，数据不出域", "together, nobody showing a row"),
        "alone": (f"{outcome.scenario.label_party} 单方", f"{outcome.scenario.label_party} alone"),
        "pooled_in_the_clear": ("明文汇集（仅演示可知）", "pooled in the clear (only a demo may know)"),
    }
    lines += [f"  {facts['auc'][key]:.4f}  {name[0] if zh else name[1]}" for key, name in names.items()]
    lines += ["", "步骤 / 秒 / 字节" if zh else "Step, seconds, bytes between the parties"]
    for step, cost in facts["steps"].items():
        lines.append(f"  {step:<22} {cost['wall_s']:8.2f} s {cost['bytes_sent']:>14,d} B")
    lines.append(f"  {_padded('认识彼此' if zh else 'meet')} {outcome.seconds['meet']:8.2f} s")
    lines.append(f"  {_padded('整个任务' if zh else 'whole job')} {outcome.seconds['job']:8.2f} s")
    marks = ("通过", "未通过") if zh else ("ok", "FAILED")
    checks = ", ".join(f"{party} {marks[0] if ok else marks[1]}" for party, ok in outcome.verified.items())
    home = folder / outcome.scenario.label_party
    lines += [
        "",
        "凭证" if zh else "Receipt, signed by all three",
        f"  {outcome.receipt}",
        f"  {'验证' if zh else 'verified by'}: {checks}",
        f"  tacit job receipt {outcome.job['id']} --verify --home {home}",
        "",
        ("全部通过" if zh else "All is well.") if outcome.ok else ("有检查未通过" if zh else "A check failed."),
    ]
    return "\n".join(lines)


def _padded(text: str) -> str:
    """To 22 places; a Chinese character takes two."""
    return text + " " * (22 - sum(2 if ord(char) > 0x2E7F else 1 for char in text))
