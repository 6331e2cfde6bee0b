"""The demo while it waits: shows the way into the console, gives new one-time codes on request, ends with Ctrl-C."""

from __future__ import annotations

import os
import signal
import sys
import threading
import webbrowser

from tacit.client.language import language
from tacit.demo.baseline import Baseline
from tacit.demo.chairs import Chair, link_of, seat, take_chairs
from tacit.demo.nodes import DemoNodes
from tacit.demo.tables import Scenario
from tacit.errors import TacitError

_WORDS = {
    "en": {
        "open": "Open the console as {name} (signs in once; change chairs at the top of the page):",
        "alone": "Or one organisation alone, in another browser:",
        "keys": "Enter: new links   Ctrl-C: stop",
        "unbuilt": "The console is not built: `make console` builds it.",
        "up": "The nodes stay up. Stop with Ctrl-C.",
    },
    "zh": {
        "open": "打开 {name} 的控制台（链接仅可登录一次；在页面顶部切换席位）：",
        "alone": "或在另一浏览器中仅打开一个机构：",
        "keys": "回车：生成新链接   Ctrl-C：停止",
        "unbuilt": "控制台尚未构建：执行 `make console` 构建。",
        "up": "节点保持运行，按 Ctrl-C 停止。",
    },
}


class Reception:
    """Lets a person into every node's console for as long as the demo runs."""

    def __init__(self, scenario: Scenario, nodes: DemoNodes, baseline: Baseline) -> None:
        self._scenario, self._nodes, self._baseline = scenario, nodes, baseline
        self._words = _WORDS[language()]

    def stay(self, *, built: bool) -> None:
        """The nodes stay up until Ctrl-C or SIGTERM."""
        stopped = threading.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: stopped.set())
        if built:
            seat(self._nodes.clients)
            link = self.show_links()
            if _has_display():
                webbrowser.open(link)
            if sys.stdin is not None and sys.stdin.isatty():
                threading.Thread(target=self._renew, daemon=True).start()
        else:
            _say(self._words["unbuilt"])
            _say(self._words["up"])
        stopped.wait()

    def show_links(self) -> str:
        """Give new codes and print where they lead; the first link."""
        chairs = take_chairs(self._nodes.clients, {name: each["api"] for name, each in self._nodes.addresses.items()})
        first = chairs[0]
        link = link_of(first, chairs, self._scenario.label, self._baseline)
        _say("\n".join(self._page(first, link, chairs[1:])))
        return link

    def _page(self, first: Chair, link: str, others: list[Chair]) -> list[str]:
        words = self._words
        width = max(len(chair.name) for chair in others)
        lines = ["", words["open"].format(name=first.name), "", f"  {link}", "", words["alone"], ""]
        lines += [f"  {chair.name:<{width}}  {chair.short_link}" for chair in others]
        return [*lines, "", words["keys"]]

    def _renew(self) -> None:
        for _ in sys.stdin:
            try:
                self.show_links()
            except TacitError as error:
                _say(f"error[{error.code}]: {error}")


def _has_display() -> bool:
    """Whether a browser would open in a window, and not in this terminal."""
    return sys.platform in ("darwin", "win32") or bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)
