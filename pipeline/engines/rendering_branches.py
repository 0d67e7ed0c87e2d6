"""Templates with a mark in every branch: which of them have been gone through."""

from __future__ import annotations

from collections.abc import Callable, MutableMapping
from dataclasses import dataclass, field
from typing import Any

from jinja2 import BaseLoader, Environment, Template, nodes
from jinja2.visitor import NodeTransformer

from pipeline.engines.rendering_names import said

_MARK = "vt_da_qua"


@dataclass(frozen=True, slots=True, kw_only=True)
class Branch:
    """One way a template can go."""

    file: str
    line: int
    #: «khi kinh_gui», «khi không kinh_gui», «mỗi dòng của can_cu».
    what: str


@dataclass(slots=True)
class Branches:
    """All branches met, and those gone through."""

    all: list[Branch] = field(default_factory=list)
    visited: set[int] = field(default_factory=set)

    def watch(self, environment: Environment) -> None:
        """Let templates of *environment* tell where they pass."""
        environment.globals[_MARK] = self._passed

    def marked(self, tree: nodes.Template, file: str, environment: Environment) -> nodes.Template:
        """*tree* with a mark in each branch."""
        _Marker(self, file).visit(tree)
        tree.set_environment(environment)
        return tree

    def add(self, file: str, line: int, what: str) -> int:
        """One more branch; its number."""
        self.all.append(Branch(file=file, line=line, what=what))
        return len(self.all) - 1

    def _passed(self, number: int, value: Any = "") -> Any:
        self.visited.add(number)
        return value


class MarkingLoader(BaseLoader):
    """Templates of another loader, with marks."""

    def __init__(self, branches: Branches, source: Callable[[str], str | None]) -> None:
        self._branches = branches
        self._source = source

    def get_source(self, environment: Environment, template: str) -> tuple[str, None, None]:  # noqa: ARG002 - the library's signature
        """The text alone, for messages."""
        return self._source(template) or "", None, None

    def load(
        self,
        environment: Environment,
        name: str,
        globals: MutableMapping[str, Any] | None = None,  # noqa: A002 - the library's signature
    ) -> Template:
        """The compiled template."""
        text = self._source(name)
        if text is None:
            return super().load(environment, name, globals)
        tree = self._branches.marked(environment.parse(text, name), name, environment)
        given = environment.make_globals(globals)
        return environment.template_class.from_code(
            environment, environment.compile(tree, name, name), given
        )


class _Marker(NodeTransformer):
    def __init__(self, branches: Branches, file: str) -> None:
        self._branches = branches
        self._file = file

    def visit_If(self, node: nodes.If) -> nodes.If:  # noqa: N802 - the library calls it so
        asked = [node, *node.elif_]
        for one in asked:
            one.body.insert(0, self._statement(one, f"khi {said(one.test)}"))
        what = f"khi không {' / '.join(said(one.test) for one in asked)}"
        node.else_.insert(0, self._statement(asked[-1], what))
        for one in asked:
            one.test = self.visit(one.test)
            one.body = self._all(one.body)
        node.else_ = self._all(node.else_)
        return node

    def visit_For(self, node: nodes.For) -> nodes.For:  # noqa: N802 - the library calls it so
        node.body.insert(0, self._statement(node, f"mỗi dòng của {said(node.iter)}"))
        if node.else_:
            node.else_.insert(0, self._statement(node, f"khi {said(node.iter)} không có dòng nào"))
        self.generic_visit(node)
        return node

    def visit_CondExpr(self, node: nodes.CondExpr) -> nodes.CondExpr:  # noqa: N802 - the library calls it so
        self.generic_visit(node)
        test = said(node.test)
        node.expr1 = self._call(node, f"khi {test}", node.expr1)
        if node.expr2 is not None:
            node.expr2 = self._call(node, f"khi không {test}", node.expr2)
        return node

    def _all(self, statements: list[nodes.Node]) -> list[nodes.Node]:
        return [self.visit(statement) for statement in statements]

    def _statement(self, node: nodes.Node, what: str) -> nodes.Node:
        return nodes.ExprStmt(self._call(node, what), lineno=node.lineno)

    def _call(self, node: nodes.Node, what: str, value: nodes.Expr | None = None) -> nodes.Call:
        number = self._branches.add(self._file, node.lineno, what)
        arguments = [nodes.Const(number, lineno=node.lineno), *([value] if value else [])]
        name = nodes.Name(_MARK, "load", lineno=node.lineno)
        return nodes.Call(name, arguments, [], None, None, lineno=node.lineno)
