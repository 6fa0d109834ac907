"""Rules of composite alarms as truth tables: which states of their alarms make them true.

Source: Amazon CloudWatch API reference, PutCompositeAlarm: AlarmRule.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from itertools import islice, product

STATES = ("ALARM", "OK", "INSUFFICIENT_DATA")
MOST_ALARMS = 7
"""More states than those of so many alarms are not tried one by one."""
_TOKEN = re.compile(
    r"\s*(\(|\)|\b(?:AND|OR|NOT|TRUE|FALSE)\b|(?P<state>ALARM|OK|INSUFFICIENT_DATA)\s*\((?P<name>[^)]*)\))"
)

Truth = Callable[[Mapping[str, str]], bool]
"""Whether a rule holds, given alarm → state."""


class UnreadRuleError(ValueError):
    """A rule has a part that is not read here."""


def holds_in(rule: str) -> frozenset[bool]:
    """Return which answers a rule has over all states of its alarms: it never holds if True is not among them.

    Raises UnreadRuleError when it has a part that is not read here, or too many alarms.
    """
    parser = _Parser(_tokens(rule))
    truth = parser.disjunction()
    if parser.left:
        raise UnreadRuleError(rule)
    names = sorted(parser.names)
    if len(names) > MOST_ALARMS:
        raise UnreadRuleError(rule)
    return frozenset(truth(dict(zip(names, states, strict=True))) for states in product(STATES, repeat=len(names)))


def _tokens(rule: str) -> list[tuple[str, str]]:
    """The parts of a rule: a word and nothing, or a state and the name of an alarm."""
    found, at = list[tuple[str, str]](), 0
    while rule[at:].strip():
        part = _TOKEN.match(rule, at)
        if part is None:
            raise UnreadRuleError(rule)
        name = part["name"]
        found.append((part[1], "") if name is None else (part["state"], name.strip().strip("\"'")))
        at = part.end()
    return found


class _Parser:
    def __init__(self, tokens: Iterable[tuple[str, str]]) -> None:
        self.left = list(tokens)
        self.names = set[str]()

    def disjunction(self) -> Truth:
        parts = [self.conjunction()]
        while self._takes("OR"):
            parts.append(self.conjunction())
        return lambda states: any(part(states) for part in parts)

    def conjunction(self) -> Truth:
        parts = [self.factor()]
        while self._takes("AND"):
            parts.append(self.factor())
        return lambda states: all(part(states) for part in parts)

    def factor(self) -> Truth:
        if self._takes("NOT"):
            inner = self.factor()
            return lambda states: not inner(states)
        if self._takes("("):
            inner = self.disjunction()
            if not self._takes(")"):
                raise UnreadRuleError("a bracket is open")
            return inner
        word, name = next(islice(self.left, 1), ("", ""))
        if word not in (*STATES, "TRUE", "FALSE"):
            raise UnreadRuleError(word)
        del self.left[0]
        if word in ("TRUE", "FALSE"):
            return lambda _: word == "TRUE"
        self.names.add(name)
        return lambda states: states[name] == word

    def _takes(self, word: str) -> bool:
        found = self.left[:1] == [(word, "")]
        if found:
            del self.left[0]
        return found
