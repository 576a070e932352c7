"""What really happened at the counters: which goods went over them, whatever any program says.

It is known from what was on the screens. A cashier hands over when she sees green or amber, and
takes back when she undoes; when a kill took the screen away she does not hand over, or, now and
then, does, and says so when she is asked.
"""

from __future__ import annotations

import random
import threading
from collections import Counter
from typing import Any

HANDED_OVER_UNSEEN_SHARE = 0.25


class Truth:
    """What the counters know. Any thread may tell or ask.

    Attributes:
        amounts_minor: of every redemption whose end was on a screen.
        undoing: by till, the undos that a kill took the screen of: done or not, nobody saw.
        trouble: what must never be said.
    """

    def __init__(self, chance: random.Random) -> None:
        self._chance = chance
        self._guard = threading.Lock()
        self._handed_over: dict[str, bool] = {}
        self._under_way: set[str] = set()
        self.amounts_minor: dict[str, int] = {}
        self.undoing: Counter[str] = Counter()
        self.trouble: list[str] = []
        self.questions = 0

    def hear(self, till: str, line: dict[str, Any]) -> dict[str, Any] | None:
        """One line of a till; what to answer, if it asks."""
        with self._guard:
            match line["said"]:
                case "ready":
                    if till in self._under_way:
                        self.undoing[till] += 1
                    self._under_way.discard(till)
                case "shown":
                    self._handed_over[line["op"]] = line["handed_over"]
                    self.amounts_minor[line["op"]] = line["minor"]
                case "asks":
                    return {"handed_over": self._answer(line["op"])}
                case "undoing":
                    self._under_way.add(till)
                case "undone":
                    self._under_way.discard(till)
                    self._handed_over[line["op"]] = False
                case "not undone":
                    self._under_way.discard(till)
                case "drained":
                    pass
                case other:
                    self.trouble.append(f"{till}: {other}")
        return None

    def _answer(self, op_id: str) -> bool:
        """The same, however often it is asked."""
        self.questions += 1
        if op_id not in self._handed_over:
            self._handed_over[op_id] = self._chance.random() < HANDED_OVER_UNSEEN_SHARE
        return self._handed_over[op_id]

    def handed_over(self) -> frozenset[str]:
        """The redemptions whose goods are out of the shop."""
        with self._guard:
            return frozenset(op_id for op_id, out in self._handed_over.items() if out)
