"""Goes through a template once, and keeps what each value is made of."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from operator import attrgetter

import attrs

from watchwright.gotemplate.template import FUNCTIONS, Query, Template, TemplateError, Used
from watchwright.gotemplate.tokens import COMMENT, ERRORS, OPENING, PLAIN, PROSE, TERMS, Token, cut, fits

_FORMATS = {name for name in FUNCTIONS if name.startswith(("humanize", "print"))} | {"toTime", "toDuration"}
_START = attrgetter("start")
_TESTS = frozenset(["and", "or", "not", "eq", "ne", "lt", "le", "gt", "ge"])
_CONSTANTS = frozenset(["true", "false", "nil"])
#: Go's own limit, since 1.26 or a little before.
_MAX_DEPTH = 10_000
#: What was made of more labels than these is not followed any further.
_MAX_READS = 16


@attrs.frozen
class _Value:
    """What is known of a value: `root`, `labels`, `value`, `string` or `other`; and the labels it was made of."""

    kind: str = "other"
    literal: Query | None = None
    reads: tuple[Used, ...] = ()


_OTHER, _ROOT, _LABELS, _VALUE = _Value(), _Value("root"), _Value("labels"), _Value("value")
_FIELDS = {("root", "Labels"): _LABELS, ("root", "Value"): _VALUE}
_SET = {"$": _ROOT, "$labels": _LABELS, "$value": _VALUE, "$externalLabels": _OTHER, "$externalURL": _OTHER}


@attrs.define
class _Block:
    """An open block, with what holds outside of it."""

    kind: str
    start: int
    end: int
    dot: _Value
    values: dict[str, _Value]
    visible: Counter[str]
    loops: int
    name: str
    names: list[str] = attrs.field(factory=list)  # of variables declared in it
    guards: list[str] = attrs.field(factory=list)
    has_else: bool = False
    is_empty: bool = True


@attrs.define
class _Pipe:
    """A pipeline as far as it has been read."""

    first_read: int
    is_declaration: bool = False
    variable: str = ""
    function: Used | None = None
    args: list[_Value] = attrs.field(factory=list)
    operands: int = 0
    is_open: bool = True  # to an operand: there was a space
    value: _Value | None = None  # what the last command yielded


class _Reader:
    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens: list[Token] = []
        self.cursor = 0
        self.dot = _ROOT
        # the values of variables, unknown of those that are set twice; and how often each is declared here
        self.values, self.visible = dict(_SET), Counter(_SET.keys())
        self.blocks: list[_Block] = []
        self.guards: Counter[str] = Counter()
        self.defined: set[str] = set()
        # labels that this action has read so far; those of them that it needs, and that it tests
        self.reads: list[Used] = []
        self.needed: list[Used] = []
        self.tested: list[Used] = []
        self.labels: set[Used] = set()
        self.optional: set[Used] = set()
        self.formats: set[Used] = set()
        self.functions: set[Used] = set()
        self.queries: set[Query] = set()

    def whole(self) -> Template:
        position = 0
        while opening := OPENING.search(self.text, position):
            if self.blocks and PROSE.search(self.text, position, opening.start()):
                self.blocks[-1].is_empty = False
            position = self.action(opening)
        for block in reversed(self.blocks):
            raise TemplateError(f"`{block.kind}` without its `end`", block.start, block.end)
        unknown = {used for used in self.functions if used.name not in FUNCTIONS}
        return Template(
            tuple(sorted(self.labels, key=_START)),
            tuple(sorted(self.optional - self.labels, key=_START)),
            tuple(sorted(self.formats, key=_START)),
            tuple(sorted(unknown, key=_START)),
            tuple(sorted(self.queries, key=_START)),
            tuple(sorted(self.functions - unknown, key=_START)),
        )

    def action(self, opening: re.Match[str]) -> int:
        """Read a comment or an action; where it ends."""
        if opening[1]:
            comment = COMMENT.match(self.text, opening.end())
            if comment is None:
                raise TemplateError("a comment ends with `*/}}` or `*/ -}}`", *opening.span())
            return comment.end()
        self.tokens, self.cursor = cut(self.text, opening.end()), 0
        token = self.following()
        word = self.word(token)
        if self.blocks and word not in ("end", "else"):
            self.blocks[-1].is_empty = False
        if word in _ACTIONS and token[0] == "word":
            self.cursor += 1
            _ACTIONS[word](self, token)
        elif not self.pipeline().is_declaration:
            self.needed += self.reads
        self.settle()
        return self.tokens[-1][2]

    def settle(self) -> None:
        """Tell the labels that the action needs from those whose absence it handles."""
        names = {used.name for used in self.tested}
        handled = {used for used in self.needed if used.name in names or self.guards[used.name] > 0}
        self.optional.update(handled, self.tested)
        self.labels.update(used for used in self.needed if used not in handled)
        self.reads, self.needed, self.tested = [], [], []

    def word(self, token: Token) -> str:
        return self.text[token[1] : token[2]]

    def following(self) -> Token:
        """The next token that is no space; it is not taken yet."""
        self.cursor += self.tokens[self.cursor][0] == "space"
        return self.tokens[self.cursor]

    def take(self, *kinds: str) -> Token:
        token = self.following()
        if token[0] not in kinds:
            raise self.unexpected(token)
        self.cursor += 1
        return token

    def unexpected(self, token: Token) -> TemplateError:
        word = self.word(token)
        message = ERRORS.get(word) if token[0] == "error" else None
        return TemplateError(message or f"unexpected `{word}`", *token[1:])

    def literal(self, token: Token) -> Query:
        kind, start, end = token
        text = self.text[start + 1 : end - 1]
        if kind == "raw":
            return Query(text.replace("\r", ""), start + 1, end - 1, start, raw=True)
        unescaped = text.encode("latin-1", "backslashreplace").decode("unicode_escape")
        return Query(unescaped, start + 1, end - 1, start, raw=False)

    def open(self, token: Token, name: str = "") -> _Block:
        kind, loops = self.word(token), self.blocks[-1].loops if self.blocks else 0
        loops += kind == "range"
        self.blocks.append(_Block(kind, *token[1:], self.dot, self.values, self.visible, loops, name))
        return self.blocks[-1]

    def condition(self, block: _Block) -> None:
        pipe = self.pipeline(is_range=block.kind == "range")
        if block.kind == "range":
            self.needed, self.dot = self.needed + self.reads, _OTHER
            return
        if block.kind == "with":
            self.dot = self.made(pipe)
        self.tested += self.reads
        guards = [used.name for used in self.tested]
        self.guards.update(guards)
        block.guards += guards

    def otherwise(self, token: Token) -> None:
        block = self.blocks[-1] if self.blocks else None
        if block is None or block.has_else or block.kind in ("define", "block"):
            raise self.unexpected(token)
        self.dot = block.dot
        if self.word(self.following()) == block.kind != "range":
            self.cursor += 1
            self.condition(block)
            return
        self.take("end")
        block.has_else = True
        block.loops -= block.kind == "range"

    def end(self, token: Token) -> None:
        self.take("end")
        if not self.blocks:
            raise self.unexpected(token)
        block = self.blocks.pop()
        self.guards.subtract(block.guards)
        if self.values is block.values:
            self.visible.subtract(block.names)
        elif block.name in self.defined and not block.is_empty:
            raise TemplateError(f"a second template `{block.name}`", block.start, block.end)
        elif not block.is_empty:
            self.defined.add(block.name)
        self.dot, self.values, self.visible = block.dot, block.values, block.visible

    def template(self, token: Token) -> None:
        """Call one; `define` and `block` open one: it sees no variable and no loop of its surroundings."""
        kind = self.word(token)
        if kind == "define" and self.blocks:
            raise self.unexpected(token)
        name = self.literal(self.take("string", "raw")).text
        is_alone = kind == "define" or (kind == "template" and self.following()[0] == "end")
        dot = _OTHER if is_alone else self.made(self.pipeline())
        if kind == "define":
            self.take("end")
        if kind != "template":  # what a called one does with its argument is not known: nothing is needed
            self.open(token, name).loops = 0
            self.dot, self.values, self.visible = dot, {"$": dot}, Counter(["$"])

    def jump(self, token: Token) -> None:
        self.take("end")
        if not (self.blocks and self.blocks[-1].loops):
            raise TemplateError(f"`{self.word(token)}` outside of a `range`", *token[1:])

    def pipeline(self, *, is_range: bool = False) -> _Pipe:
        """Read one, up to the end of the action."""
        pipes = [self.pipe(2 if is_range else 1)]
        while True:
            token, pipe = self.tokens[self.cursor], pipes[-1]
            self.cursor += 1
            match token[0]:
                case "space":
                    pipe.is_open = True
                case "|" if pipe.operands:
                    self.finish_command(pipe)
                case "(" if pipe.is_open and len(pipes) <= _MAX_DEPTH:
                    pipes.append(self.pipe(1))
                case ")" if len(pipes) > 1:
                    self.finish(pipes.pop(), token)
                    self.add(pipes[-1], pipe.value or _OTHER)
                case "end" if len(pipes) == 1:
                    self.finish(pipe, token)
                    return pipe
                case kind if kind in TERMS and pipe.is_open:
                    self.term(pipe, token)
                case _:
                    raise self.unexpected(token)

    def pipe(self, variables: int) -> _Pipe:
        """Begin a pipeline, with the variables that it declares or assigns."""
        pipe = _Pipe(len(self.reads))
        for left in range(variables, 0, -1):
            variable = self.following()
            kinds = [kind for kind, *_ in self.tokens[self.cursor + 1 : self.cursor + 3] if kind != "space"]
            if variable[0] != "variable" or kinds[:1] not in (["assign"], [","]):
                break
            self.cursor += 1
            sign = self.take("assign", ",")
            name, pipe.is_declaration = self.word(variable), True
            if variables == 1 and self.word(sign) == ":=" and name not in self.values:
                pipe.variable = name
            self.values[name] = _OTHER
            self.visible[name] += 1
            for block in self.blocks[-1:]:
                block.names.append(name)
            if sign[0] == "assign":
                break
            if left == 1 or self.following()[0] != "variable":
                raise self.unexpected(sign)
        return pipe

    def term(self, pipe: _Pipe, token: Token) -> None:
        kind, word = token[0], self.word(token)
        is_plain, has_field = kind in PLAIN or word in _CONSTANTS, self.tokens[self.cursor][0] == "field"
        if word in _ACTIONS if kind == "word" and not is_plain else is_plain and has_field:
            raise self.unexpected(token)
        if is_plain and pipe.value is not None and not pipe.operands:
            raise TemplateError(f"`{word}` takes no value from a pipeline", *token[1:])
        if kind == "word" and not is_plain:
            function = Used(word, *token[1:])
            self.functions.add(function)
            if not pipe.operands and not has_field:
                pipe.function = function
        self.add(pipe, self.valued(token))

    def valued(self, token: Token) -> _Value:
        """What a term yields, without the fields behind it."""
        kind, word = token[0], self.word(token)
        if kind == "number" and not fits(word):
            raise TemplateError(f"no number of Go's is `{word}`", *token[1:])
        if kind in ("string", "raw"):
            return _Value("string", self.literal(token))
        if kind == "variable" and not self.visible[word]:
            raise TemplateError(f"undefined variable `{word}`", *token[1:])
        value = self.values[word] if kind == "variable" else self.dot if kind in ("dot", "field") else _OTHER
        self.reads += value.reads
        return self.field(value, token) if kind == "field" else value

    def field(self, value: _Value, token: Token) -> _Value:
        name = self.word(token)[1:]
        if value.kind == "labels":
            self.reads.append(Used(name, token[1] + 1, token[2]))
        return _FIELDS.get((value.kind, name), _OTHER)

    def add(self, pipe: _Pipe, value: _Value) -> None:
        """Take an operand, with the fields behind it."""
        while self.tokens[self.cursor][0] == "field":
            value = self.field(value, self.tokens[self.cursor])
            self.cursor += 1
        if pipe.operands or pipe.function is None:
            pipe.args.append(value)
        pipe.operands, pipe.is_open = pipe.operands + 1, False

    def finish_command(self, pipe: _Pipe) -> None:
        args = pipe.args if pipe.value is None else [*pipe.args, pipe.value]
        pipe.value = args[0] if len(args) == 1 and pipe.function is None else _OTHER
        if pipe.function is not None:
            self.call(pipe, pipe.function, args)
        pipe.function, pipe.args, pipe.operands, pipe.is_open = None, [], 0, True

    def finish(self, pipe: _Pipe, token: Token) -> None:
        if pipe.operands:
            self.finish_command(pipe)
        if pipe.value is None:
            raise self.unexpected(token)
        if pipe.variable:
            self.values[pipe.variable] = self.made(pipe)

    def made(self, pipe: _Pipe) -> _Value:
        """The pipeline's value, with the labels of which it was made; nothing where they are many."""
        if len(self.reads) - pipe.first_read > _MAX_READS or pipe.value is None:
            return _OTHER
        return attrs.evolve(pipe.value, reads=tuple(dict.fromkeys(self.reads[pipe.first_read :])))

    def call(self, pipe: _Pipe, function: Used, args: list[_Value]) -> None:
        name, kinds = function.name, [value.kind for value in args]
        literal = args[-1].literal if args else None
        if name in _FORMATS and "value" in kinds:
            self.formats.add(function)
        if name == "index" and literal and kinds == ["labels", "string"]:
            self.reads.append(Used(literal.text, literal.start, literal.end))
        if name == "query" and literal and kinds == ["string"]:
            self.queries.add(literal)
        if name in _TESTS or name == "query":
            (self.needed if name == "query" else self.tested).extend(self.reads[pipe.first_read :])
            del self.reads[pipe.first_read :]


_ACTIONS: dict[str, Callable[[_Reader, Token], None]] = {
    **dict.fromkeys(["if", "with", "range"], lambda reader, token: reader.condition(reader.open(token))),
    **dict.fromkeys(["break", "continue"], _Reader.jump),
    "else": _Reader.otherwise,
    "end": _Reader.end,
    **dict.fromkeys(["define", "block", "template"], _Reader.template),
}


def read(text: str) -> Template:
    """Read a template; a TemplateError where Go refuses it for anything but an unknown function."""
    return _Reader(text).whole()
