"""Random expressions over the simulated world: well typed, of every construct, and mostly with an answer."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from decimal import Decimal
from random import Random
from typing import TypeVar

import attrs
import words
from simulated import AWKWARD, METRICS, STRAYS

from watchwright.query.functions import FUNCTIONS
from watchwright.query.tree import (
    COMPARISONS,
    SET_OPERATORS,
    Aggregation,
    Binary,
    Call,
    Grouping,
    Matcher,
    Matching,
    MatchOp,
    Node,
    Number,
    Selector,
    Shifted,
    String,
    Subquery,
    Unary,
    Window,
)
from watchwright.semantics.labels import Labels
from watchwright.semantics.typing import typed
from watchwright.semantics.world import World

T = TypeVar("T")


@attrs.frozen(eq=False)
class Maker:
    """Makes expressions, the same ones for the same seed."""

    random: Random
    world: World

    @classmethod
    def of(cls, seed: int, world: World) -> Maker:
        """The one of that seed."""
        return cls(Random(seed), world)

    def expression(self) -> Node:
        """Any expression: mostly an instant vector."""
        depth = self.random.choice([1, 2, 2, 3, 3, 4])
        roll = self.random.random()
        if roll < 0.03:
            return self.scalar(depth)
        return self.ranged(depth) if roll < 0.06 else self.vector(depth)

    def vector(self, depth: int) -> Node:
        """An instant vector."""
        if depth <= 0:
            return self.maybe_shifted(self.selector()) if self.chance(0.95) else self.lone()
        rules: list[tuple[int, Callable[[int], Node]]] = [
            (4, lambda depth: self.maybe_shifted(self.selector())),
            (18, self.over_window),
            (20, self.aggregation),
            (26, self.operation),
            (5, self.part_of_whole),
            (9, self.call),
            (7, self.relabelled),
            (6, self.quantile),
            (3, self.absence),
            (2, self.signed),
            (2, lambda depth: self.lone()),
        ]
        rule = self.random.choices([rule for _, rule in rules], [weight for weight, _ in rules])[0]
        return rule(depth)

    def chance(self, share: float) -> bool:
        """Yes, this often."""
        return self.random.random() < share

    def one_of(self, several: Sequence[T]) -> T:
        """Any of them."""
        return self.random.choice(several)

    def some_of(self, several: Sequence[T], most: int) -> tuple[T, ...]:
        """A few of them, none twice."""
        return tuple(self.random.sample(several, min(len(several), self.random.randint(0, most))))

    # Selectors --------------------------------------------------------------------------------------------

    def selector(self, name: str | None = None) -> Selector:
        """A selector; of a declared metric, as a rule."""
        if name is None:
            name = self.one_of([each.declared.name for each in METRICS if each.series or self.chance(0.3)])
            if self.chance(0.05):
                name = self.one_of([each[0] for each in STRAYS])
            elif self.chance(0.04):
                return Selector("", self.nameless())
        count = self.random.choices([0, 1, 2, 3], [60, 31, 7, 2])[0]
        matchers = tuple(self.matcher(name) for _ in range(count))
        if self.chance(0.03):
            return Selector("", (Matcher("__name__", "=", name), *matchers))
        return Selector(name, matchers)

    def nameless(self) -> tuple[Matcher, ...]:
        """Matchers that do without a name, and not too many series."""
        first = self.one_of(
            [
                Matcher("job", "=", "push"),
                Matcher("__name__", "=~", "stray.*|up"),
                Matcher("queue", "!=", ""),
                Matcher("zone", "=~", "z."),
            ]
        )
        return (first, *((self.matcher("up"),) if self.chance(0.3) else ()))

    def matcher(self, name: str) -> Matcher:
        """A matcher that mostly takes something."""
        declared = self.world.series.get(name)
        labels = declared.labels if declared else Labels({})
        label = self.one_of(labels.names or ("job",)) if self.chance(0.9) else self.one_of(words.POOL)
        seen = [
            each[label]
            for metric in METRICS
            if metric.declared.name == name
            for each, _ in metric.series
            if label in each
        ]
        op: MatchOp = self.one_of(["=", "=", "!=", "=~", "=~", "!~"])
        if label == "__name__":
            label = "new"  # Prometheus refuses two matchers on a name, and `nameless` has one
        if op in ("=", "!="):
            listed = sorted(labels.of(label).listed)
            pool = (
                seen
                if seen and self.chance(0.8)
                else listed
                if listed and self.chance(0.6)
                else [*words.TEXTS, *AWKWARD]
            )
            return Matcher(label, op, self.one_of(pool))
        if seen and self.chance(0.6):
            return Matcher(
                label, op, "|".join(_quoted(each) for each in {self.one_of(seen): 0, self.one_of([*seen, "typo"]): 0})
            )
        return Matcher(label, op, self.one_of(words.PATTERNS))

    def maybe_shifted(self, of: Selector | Window | Subquery) -> Node:
        """As it is, as a rule."""
        if self.chance(0.85):
            return of
        offset = self.one_of(words.SHIFTS) if self.chance(0.7) else None
        at = None if offset is not None and self.chance(0.7) else self.one_of([*words.MOMENTS, "start", "end"])
        return Shifted(of, offset, at)  # type: ignore[arg-type]

    def ranged(self, depth: int, name: str | None = None) -> Node:
        """A range vector."""
        if depth > 0 and self.chance(0.25):
            step = self.one_of([30_000, words.MINUTE, 5 * words.MINUTE, None, None, 7 * words.MINUTE])
            return self.maybe_shifted(Subquery(self.vector(depth - 1), self.one_of(words.WINDOWS), step))
        return self.maybe_shifted(Window(self.selector(name), self.one_of(words.WINDOWS)))

    # Functions --------------------------------------------------------------------------------------------

    def over_window(self, depth: int) -> Node:
        """A function of a range; `rate` the most."""
        if self.chance(0.4):
            return Call(self.one_of(["rate", "increase", "irate"]), (self.ranged(depth - 1),))
        function = self.one_of([each for each in words.RANGED if each.name != "absent_over_time"])
        arguments = tuple(
            self.ranged(depth - 1)
            if kind == "matrix"
            else self.share()
            if function.name.startswith("quantile")
            else self.scalar(1)
            for kind in function.arguments
        )
        return Call(function.name, arguments)

    def call(self, depth: int) -> Node:
        """A function of a vector."""
        if self.chance(0.08):
            return Call(self.one_of(words.CALENDAR), () if self.chance(0.3) else (self.vector(depth - 1),))
        left_to_others = {"absent", "label_replace", "label_join", "histogram_quantile"}
        function = self.one_of([each for each in words.PLAIN if each.name not in left_to_others])
        if self.chance(0.12):
            return self.fraction(depth)
        if self.chance(0.3):
            function = FUNCTIONS[self.one_of(["clamp", "clamp_min", "clamp_max", "round", "timestamp", "sort", "abs"])]
        count = self.random.randint(function.least, len(function.arguments))
        rest = tuple(self.scalar(1) for _ in function.arguments[1:count])
        return Call(function.name, (self.vector(depth - 1), *rest))

    def fraction(self, depth: int) -> Node:
        """The share of a histogram's observations between two numbers."""
        limits = sorted(
            [self.literal(), self.literal()],
            key=lambda each: (each.value.is_nan(), each.value if not each.value.is_nan() else 0),
        )
        return Call("histogram_fraction", (*limits, self.buckets(depth)))

    def quantile(self, depth: int) -> Node:
        """A quantile of a histogram, mostly."""
        return Call("histogram_quantile", (self.share(), self.buckets(depth)))

    def buckets(self, depth: int) -> Node:
        """The buckets of a histogram, in the ways that people use."""
        if self.chance(0.12):
            return self.vector(depth - 1)
        name = self.one_of(["shop_latency_seconds_bucket", "db_latency_seconds_bucket"])
        of: Node = self.selector(name)
        if self.chance(0.7):
            of = Call(self.one_of(["rate", "increase"]), (Window(self.selector(name), 10 * words.MINUTE),))
        if self.chance(0.12):
            other = Call("rate", (Window(self.selector("db_latency_seconds_bucket"), 10 * words.MINUTE),))
            of = Binary("or", of, other)
        if self.chance(0.6):
            kept = ("le",) if self.chance(0.85) else ()
            of = Aggregation("sum", of, Grouping((*kept, *self.some_of(["job", "path", "instance"], 2))))
        if self.chance(0.1):
            of = self.replaced(of)
        return Binary(self.one_of("*/+"), of, self.literal()) if self.chance(0.08) else of

    def absence(self, depth: int) -> Node:
        """Whether something is not there."""
        if self.chance(0.5):
            return Call("absent_over_time", (self.ranged(depth - 1),))
        return Call("absent", (self.vector(depth - 1) if self.chance(0.4) else self.maybe_shifted(self.selector()),))

    def lone(self) -> Node:
        """One series without labels, from a scalar."""
        return Call("vector", (self.scalar(1),))

    def signed(self, depth: int) -> Node:
        """With a sign."""
        return Unary(self.one_of(["-", "+"]), self.vector(depth - 1))

    def relabelled(self, depth: int) -> Node:
        """With a label made of others."""
        of = self.vector(depth - 1)
        if self.chance(0.7):
            return self.replaced(of)
        sources = tuple(map(String, self.some_of([*self.labels(of), "new"], 3)))
        return Call("label_join", (of, String(self.label(of)), String(self.one_of(["", "-", "\n"])), *sources))

    def replaced(self, of: Node) -> Node:
        """With one label replaced."""
        patterns = [*words.GROUPS, *words.PATTERNS] if self.chance(0.97) else words.NO_PATTERNS
        texts = (self.label(of), self.one_of(words.REPLACEMENTS), self.label(of), self.one_of(patterns))
        return Call("label_replace", (of, *map(String, texts)))

    # Scalars ----------------------------------------------------------------------------------------------

    def literal(self) -> Number:
        """A number."""
        return Number(Decimal(self.one_of(words.NUMBERS if self.chance(0.97) else words.RARE_NUMBERS)))

    def share(self) -> Node:
        """What a quantile is asked for."""
        if self.chance(0.05):
            return self.scalar(1)
        return Number(Decimal(self.one_of(words.SHARES if self.chance(0.92) else words.RARE_SHARES)))

    def scalar(self, depth: int) -> Node:
        """A scalar, mostly a literal."""
        roll = self.random.random()
        if depth <= 0 or roll < 0.8:
            return self.literal()
        if roll < 0.86:
            return Call(self.one_of(["time", "pi"]))
        if roll < 0.93:
            return Call("scalar", (self.vector(depth - 1),))
        if roll < 0.95:
            return Unary("-", Call("time"))
        compares = self.chance(0.3)
        op = self.one_of(sorted(COMPARISONS)) if compares else self.one_of("+-*/%^")
        return Binary(op, self.scalar(depth - 1), self.scalar(depth - 1), compares)

    # Labels -----------------------------------------------------------------------------------------------

    def labels(self, of: Node) -> tuple[str, ...]:
        """The labels that a vector may have."""
        return typed(of, self.world).type.labels.names

    def label(self, of: Node) -> str:
        """Mostly one that is there."""
        there = self.labels(of)
        return self.one_of(there) if there and self.chance(0.8) else self.one_of(words.POOL)

    def grouping(self, of: Node) -> Grouping | None:
        """By what to aggregate; sometimes a label that is not there."""
        if self.chance(0.2):
            return None
        labels = self.some_of(self.labels(of), 2)
        if self.chance(0.1):
            labels = tuple(dict.fromkeys((*labels, self.one_of(words.POOL))))
        return Grouping(labels, without=self.chance(0.3))

    def aggregation(self, depth: int) -> Node:
        """An aggregation."""
        of = self.vector(depth - 1)
        grouping = self.grouping(of)
        roll = self.random.random()
        if roll < 0.72:
            return Aggregation(self.one_of(words.KEEPING), of, grouping)
        if roll < 0.84:
            return Aggregation(
                self.one_of(["topk", "bottomk"]), of, grouping, Number(Decimal(self.one_of([0, 1, 2, 5])))
            )
        if roll < 0.92:
            return Aggregation("quantile", of, grouping, self.share())
        return Aggregation("count_values", of, grouping, String(self.one_of(["value", "code", "new", "__name__"])))

    # Operations -------------------------------------------------------------------------------------------

    def operation(self, depth: int) -> Node:
        """A binary operation whose sides have something to do with each other, mostly."""
        op = self.one_of([*"++--**///%^", "atan2", *sorted(COMPARISONS) * 2, *sorted(SET_OPERATORS) * 2])
        is_bool = op in COMPARISONS and self.chance(0.25)
        left = self.vector(depth - 1)
        if op == "and" and self.chance(0.3):
            first, second = (Binary(self.one_of(sorted(COMPARISONS)), left, self.boundary(left)) for _ in range(2))
            return Binary(op, first, second)
        if op not in SET_OPERATORS and self.chance(0.45):
            number = self.boundary(left) if op in COMPARISONS and self.chance(0.4) else self.scalar(1)
            sides = (left, number) if self.chance(0.8) else (number, left)
            return Binary(op, *sides, is_bool)
        roll = self.random.random()
        if roll < 0.4:
            right = self.varied(left)
            matching = self.alike(left, right, op) if self.chance(0.3) else None
            return Binary(op, left, right, is_bool, matching)
        if roll < 0.85:
            return self.grouped_operation(op, left, depth, is_bool=is_bool)
        right = self.vector(depth - 1)
        return Binary(op, left, right, is_bool, self.wild(left, right, op) if self.chance(0.5) else None)

    def part_of_whole(self, _depth: int) -> Node:
        """A quotient of two that are made alike, mostly, the left one of fewer series or in finer groups."""
        name = self.one_of([each.declared.name for each in METRICS if len(each.series) > 1])
        of = self.selector(name)
        whole: Node = of
        part: Node = attrs.evolve(of, matchers=(*of.matchers, self.matcher(name))) if self.chance(0.6) else of
        if self.chance(0.5):
            function, window = (
                self.one_of(["rate", "increase", "max_over_time", "avg_over_time"]),
                self.one_of(words.WINDOWS),
            )
            part, whole = (Call(function, (Window(each, window),)) for each in (part, whole))  # type: ignore[arg-type]
        kept = self.labels(whole)
        matching = None
        for _ in range(self.random.randint(1, 3)):
            roll = self.random.random()
            if roll < 0.6:
                op, kept = self.one_of(["sum", "sum", "max", "count"]), self.some_of(kept, 2)
                finer = tuple(dict.fromkeys((*kept, *self.some_of(self.labels(part), 1))))
                part, whole = Aggregation(op, part, Grouping(finer)), Aggregation(op, whole, Grouping(kept))
                matching = Matching(kept, on=True, group="left")
            elif roll < 0.85:
                function = self.one_of(["sum_over_time", "max_over_time", "avg_over_time", "last_over_time", "rate"])
                part, whole = (
                    Call(function, (Subquery(each, 10 * words.MINUTE, words.MINUTE),)) for each in (part, whole)
                )
            else:
                part = Binary(
                    *(("or", part, self.varied(part)) if self.chance(0.6) else ("*", part, Number(Decimal("0.9"))))
                )
        if self.chance(0.3):
            whole = Binary(self.one_of([">", "!="]), whole, self.literal())
        return Binary("/", part, whole, False, matching)

    def boundary(self, of: Node) -> Node:
        """A number at the end of what a vector's can be, or just beside it."""
        numbers = typed(of, self.world).type.numbers
        ends = [each for each in (numbers.low, numbers.high) if math.isfinite(each)]
        return (
            Number(Decimal(repr(self.one_of(ends) + self.one_of([0, 0, 0.001, -0.001, 1])))) if ends else self.literal()
        )

    def varied(self, of: Node) -> Node:
        """Another expression with much the same labels."""
        if isinstance(of, Aggregation) and of.op in words.KEEPING:
            return attrs.evolve(of, op=self.one_of(words.KEEPING), expr=self.varied(of.expr))
        if isinstance(of, Call) and len(of.arguments) == 1 and isinstance(of.arguments[0], Window):
            kept = [each.name for each in words.RANGED if len(each.arguments) == 1 and each.name != "absent_over_time"]
            window = attrs.evolve(of.arguments[0], vector=self.varied_selector(of.arguments[0].vector))
            return Call(of.function if self.chance(0.6) else self.one_of(kept), (window,))
        if isinstance(of, Selector):
            return self.varied_selector(of)
        if isinstance(of, Binary) and self.chance(0.5):
            return of.left if typed(of.left, self.world).type.kind == "vector" else of.right
        return of

    def varied_selector(self, of: Selector) -> Selector:
        """The same metric, with a matcher less or more."""
        if not of.name:
            return of
        fewer = of.matchers[1:] if self.chance(0.5) else of.matchers
        return Selector(of.name, (*fewer, self.matcher(of.name)) if self.chance(0.3) else fewer)

    def alike(self, left: Node, right: Node, op: str) -> Matching:
        """Matching of sides with the same labels, by all of them or all but a few."""
        both = tuple(dict.fromkeys((*self.labels(left), *self.labels(right))))
        if self.chance(0.5):
            return Matching(both, on=True)
        group = "" if op in SET_OPERATORS or self.chance(0.7) else self.one_of(["left", "right"])
        ignored = self.some_of([*both, "__name__"], 1) if self.chance(0.4) else self.some_of(words.POOL, 1)
        return Matching(ignored, on=False, group=group)  # type: ignore[arg-type]

    def grouped_operation(self, op: str, left: Node, depth: int, *, is_bool: bool) -> Node:
        """Many on one side, and on the other something that was aggregated by what pairs them."""
        labels = self.some_of(self.labels(left), 2)
        inner = self.varied(left) if self.chance(0.6) else self.vector(depth - 1)
        include: tuple[str, ...] = ()
        kept = labels
        if self.chance(0.35):
            include = tuple(each for each in self.some_of([*self.labels(inner), *words.POOL], 2) if each not in labels)
            kept = (*labels, *(each for each in include if self.chance(0.7)))
        one = Aggregation(self.one_of(["sum", "max", "avg", "count", "group"]), inner, Grouping(kept))
        if op in SET_OPERATORS:
            return Binary(op, left, one, False, Matching(labels, on=True))
        if self.chance(0.2):
            many = Aggregation("sum", left, Grouping(labels))
            return Binary(op, many, one, is_bool, Matching(labels, on=self.chance(0.7)))
        if self.chance(0.3):
            return Binary(op, one, left, is_bool, Matching(labels, on=True, group="right", include=include))
        return Binary(op, left, one, is_bool, Matching(labels, on=True, group="left", include=include))

    def wild(self, left: Node, right: Node, op: str) -> Matching:
        """Any matching at all."""
        pool = [*self.labels(left), *self.labels(right), *words.POOL]
        labels = tuple(dict.fromkeys(self.some_of(pool, 3)))
        on = self.chance(0.5)
        group = "" if op in SET_OPERATORS else self.one_of(["", "", "left", "right"])
        include = tuple(each for each in self.some_of(pool, 1) if not (on and each in labels)) if group else ()
        return Matching(labels, on, group, include)  # type: ignore[arg-type]


def _quoted(text: str) -> str:
    """A text as a pattern of itself."""
    return "".join(f"\\{each}" if each in "\\.+*?()|[]{}^$" else each for each in text)
