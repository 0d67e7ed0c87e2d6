"""A parsed template → the names in it that nothing feeds, and the names it prints."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from jinja2 import Environment, nodes

from pipeline.engines.rendering_shapes import UNKNOWN, Shape, merged

#: Names that the language itself gives.
_OF_JINJA = frozenset(("loop", "super", "self", "caller", "varargs", "kwargs"))
_ASKING = frozenset(("defined", "undefined"))
_MOST_FILES = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Unfed:
    """A name nobody feeds."""

    file: str
    line: int
    name: str
    #: What could have been meant.
    known: tuple[str, ...]


@dataclass(slots=True, kw_only=True)
class Names:
    """Goes through templates and the parts they call, with what each variable holds."""

    environment: Environment
    #: Source of a template by name.
    load: Callable[[str], str | None]
    root: Mapping[str, Shape]
    unfed: list[Unfed] = field(default_factory=list)
    #: Names and attributes that occur at all.
    used: set[str] = field(default_factory=set)
    #: Names whose value can come to stand on the paper.
    printed: set[str] = field(default_factory=set)
    _read: int = 0

    def file(self, name: str) -> None:
        """Read the template *name* with what every template is given."""
        self._file(name, dict(self.root))

    def source(self, name: str, tree: nodes.Template) -> None:
        """Read a parsed template that is no file of its own."""
        _Reader(names=self, file=name, scope=dict(self.root)).body(tree.body)

    def _file(self, name: str, scope: dict[str, Shape]) -> None:
        text = self.load(name)
        if text is None or self._read >= _MOST_FILES:
            return
        self._read += 1
        tree = self.environment.parse(text, name)
        _Reader(names=self, file=name, scope=scope).body(tree.body)

    def include(self, template: nodes.Expr, scope: dict[str, Shape]) -> None:
        """Read what is called by a fixed name."""
        if isinstance(template, nodes.Const) and isinstance(template.value, str):
            self._file(template.value, scope)


@dataclass(slots=True, kw_only=True)
class _Reader:
    names: Names
    file: str
    scope: dict[str, Shape]
    #: Inside a condition: what is asked there is not printed.
    asking: int = 0

    def body(self, statements: list[nodes.Node]) -> None:
        for node in statements:
            self.node(node)

    def node(self, node: nodes.Node) -> None:
        """Statements that change what is known, and expressions that name it; the rest is gone through."""
        match node:
            case nodes.For():
                self._loop(node)
            case nodes.Assign():
                self.node(node.node)
                self._bind(node.target, self.shape(node.node))
            case nodes.AssignBlock() | nodes.With() | nodes.Macro() | nodes.CallBlock():
                self._own_scope(node)
            case nodes.Include():
                self.names.include(node.template, self.scope)
            case nodes.Extends():
                self.names.include(node.template, dict(self.names.root))
            case nodes.Import() | nodes.FromImport():
                self._imported(node)
            case nodes.Block():
                _Reader(names=self.names, file=self.file, scope=dict(self.scope)).body(node.body)
            case _:
                self._expression(node)

    def _expression(self, node: nodes.Node) -> None:
        match node:
            case nodes.If() | nodes.CondExpr() | nodes.Compare():
                self._condition(node)
            case nodes.Test() if node.name in _ASKING:
                return
            case nodes.Name():
                self._name(node)
            case nodes.Getattr() | nodes.Getitem():
                self._inside(node)
            case _:
                self._children(node)

    def _children(self, node: nodes.Node) -> None:
        for inner in node.iter_child_nodes():
            self.node(inner)

    def _condition(self, node: nodes.If | nodes.CondExpr | nodes.Compare) -> None:
        self.asking += 1
        if isinstance(node, nodes.Compare):
            self._children(node)
        else:
            self.node(node.test)
        self.asking -= 1
        if isinstance(node, nodes.If):
            for part in (node.body, node.elif_, node.else_):
                self.body(list(part))
        elif isinstance(node, nodes.CondExpr):
            self.node(node.expr1)
            if node.expr2 is not None:
                self.node(node.expr2)

    def _loop(self, node: nodes.For) -> None:
        self.node(node.iter)
        inner = _Reader(names=self.names, file=self.file, scope=dict(self.scope))
        inner._bind(node.target, self.shape(node.iter).items or UNKNOWN)
        if node.test is not None:
            inner.node(node.test)
        inner.body(node.body)
        self.body(node.else_)

    def _own_scope(
        self, node: nodes.AssignBlock | nodes.With | nodes.Macro | nodes.CallBlock
    ) -> None:
        inner = _Reader(names=self.names, file=self.file, scope=dict(self.scope))
        if isinstance(node, nodes.With):
            for target, value in zip(node.targets, node.values, strict=True):
                self.node(value)
                inner._bind(target, self.shape(value))
        if isinstance(node, nodes.Macro | nodes.CallBlock):
            for argument in node.args:
                inner.scope[argument.name] = UNKNOWN
        if isinstance(node, nodes.Macro):
            self.scope[node.name] = UNKNOWN
        if isinstance(node, nodes.AssignBlock):
            self._bind(node.target, UNKNOWN)
        inner.body(node.body)

    def _imported(self, node: nodes.Import | nodes.FromImport) -> None:
        if isinstance(node, nodes.Import):
            self.scope[node.target] = UNKNOWN
            return
        for name in node.names:
            self.scope[name if isinstance(name, str) else name[1]] = UNKNOWN

    def _bind(self, target: nodes.Node, shape: Shape) -> None:
        if isinstance(target, nodes.Name):
            self.scope[target.name] = shape
        elif isinstance(target, nodes.Tuple):
            for one in target.items:
                self._bind(one, UNKNOWN)

    def _name(self, node: nodes.Name) -> None:
        self.names.used.add(node.name)
        if not self.asking:
            self.names.printed.add(node.name)
        given = (self.scope, self.names.environment.globals, _OF_JINJA)
        if node.ctx == "load" and not any(node.name in known for known in given):
            self._tell(node, node.name, self.scope)

    def _inside(self, node: nodes.Getattr | nodes.Getitem) -> None:
        self.node(node.node)
        if isinstance(node, nodes.Getitem) and not isinstance(node.arg, nodes.Const):
            self.node(node.arg)
        name = _key(node)
        if name is None:
            return
        self.names.used.add(name)
        if not self.asking:
            self.names.printed.add(name)
        fields = self.shape(node.node).fields
        if fields and name not in fields and not hasattr(dict, name):
            self._tell(node, f"{said(node.node)}.{name}", fields)

    def _tell(self, node: nodes.Node, name: str, known: Mapping[str, Shape]) -> None:
        found = Unfed(file=self.file, line=node.lineno, name=name, known=tuple(known))
        if found not in self.names.unfed:
            self.names.unfed.append(found)

    def shape(self, node: nodes.Node) -> Shape:
        """What an expression gives."""
        match node:
            case nodes.Name():
                return self.scope.get(node.name, UNKNOWN)
            case nodes.Getattr() | nodes.Getitem():
                outer, key = self.shape(node.node), _key(node)
                if key is not None:
                    return outer.fields.get(key, UNKNOWN)
                is_slice = isinstance(node, nodes.Getitem) and isinstance(node.arg, nodes.Slice)
                return outer if is_slice else outer.items or UNKNOWN
            case nodes.Or() | nodes.And():
                return merged((self.shape(node.left), self.shape(node.right)))
            case nodes.CondExpr():
                other = self.shape(node.expr2) if node.expr2 is not None else UNKNOWN
                return merged((self.shape(node.expr1), other))
            case _:
                return UNKNOWN


def _key(node: nodes.Getattr | nodes.Getitem) -> str | None:
    if isinstance(node, nodes.Getattr):
        return node.attr
    is_text = isinstance(node.arg, nodes.Const) and isinstance(node.arg.value, str)
    return str(node.arg.value) if is_text else None  # type: ignore[attr-defined]  # told by is_text


def said(node: nodes.Node) -> str:
    """An expression roughly as its author wrote it."""
    say = _SAID.get(type(node))
    return say(node) if say else "…"


def _said_compare(node: Any) -> str:
    rest = " ".join(f"{_SIGNS.get(op.op, op.op)} {said(op.expr)}" for op in node.ops)
    return f"{said(node.expr)} {rest}"


def _said_filter(node: Any) -> str:
    return f"{said(node.node)}|{node.name}" if node.node is not None else "…"


_SAID: Mapping[type[nodes.Node], Callable[[Any], str]] = {
    nodes.Name: lambda node: str(node.name),
    nodes.Const: lambda node: f'"{node.value}"' if isinstance(node.value, str) else str(node.value),
    nodes.Getattr: lambda node: f"{said(node.node)}.{node.attr}",
    nodes.Getitem: lambda node: f"{said(node.node)}[{said(node.arg)}]",
    nodes.Filter: _said_filter,
    nodes.Test: lambda node: f"{said(node.node)} is {node.name}",
    nodes.Not: lambda node: f"not {said(node.node)}",
    nodes.And: lambda node: f"{said(node.left)} and {said(node.right)}",
    nodes.Or: lambda node: f"{said(node.left)} or {said(node.right)}",
    nodes.Compare: _said_compare,
    nodes.List: lambda node: f"[{', '.join(map(said, node.items))}]",
}
_SIGNS = {
    "eq": "==",
    "ne": "!=",
    "gt": ">",
    "gteq": ">=",
    "lt": "<",
    "lteq": "<=",
    "notin": "not in",
}
