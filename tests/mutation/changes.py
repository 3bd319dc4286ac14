"""Every small change that can be made to a module: another operator, a condition that always or never holds, no result."""

import ast
import copy
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import unified_diff
from pathlib import Path

OTHER: dict[type[ast.AST], type[ast.AST]] = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.In: ast.NotIn, ast.NotIn: ast.In,
    ast.And: ast.Or, ast.Or: ast.And,
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.FloorDiv, ast.Div: ast.Mult, ast.FloorDiv: ast.Mult, ast.Mod: ast.FloorDiv,
    ast.BitOr: ast.BitAnd, ast.BitAnd: ast.BitOr, ast.LShift: ast.RShift, ast.RShift: ast.LShift,
}  # fmt: skip
CALLED_FOR_TYPES = {"TypeVar", "ParamSpec", "cast", "assert_never"}


@dataclass(frozen=True, slots=True)
class Change:
    """One expression of a module, and what stands there instead."""

    file: str
    scope: str
    line: int
    before: str
    after: str
    nth: int
    start: int
    end: int

    @property
    def key(self) -> str:
        """Name the change, also when lines move."""
        which = f" #{self.nth}" if self.nth > 1 else ""
        return f"{self.file} {self.scope}: {self.before} -> {self.after}{which}"

    def applied(self, source: str) -> str:
        text = source.encode()
        return (text[: self.start] + self.after.encode() + text[self.end :]).decode()

    def diff(self, source: str) -> str:
        lines = unified_diff(source.splitlines(), self.applied(source).splitlines(), self.file, self.file, n=1, lineterm="")
        return "\n".join(lines)


def changes_of(file: str, source: str) -> list[Change]:
    """Return every change of a module, in the order of its text."""
    starts = [0]
    for line in source.encode().splitlines(keepends=True):
        starts.append(starts[-1] + len(line))
    seen, found = Counter[tuple[str, str, str]](), []
    for scope, node, instead in _walk(ast.parse(source), ""):
        before, after = ast.unparse(node), ast.unparse(instead)
        if isinstance(node, ast.expr) and not isinstance(instead, ast.Constant):
            after = f"({after})"
        seen[named := (scope, before, after)] += 1
        start, end = starts[node.lineno - 1] + node.col_offset, starts[node.end_lineno - 1] + node.end_col_offset
        found.append(Change(file, scope or "(module)", node.lineno, before, after, seen[named], start, end))
    return found


def _walk(node: ast.AST, scope: str) -> Iterator[tuple[str, ast.AST, ast.AST]]:
    for name, value in ast.iter_fields(node):
        if name in ("annotation", "returns", "decorator_list", "type_params"):
            continue
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, ast.AST):
                inner = f"{scope}.{child.name}".strip(".") if isinstance(child, (ast.FunctionDef, ast.ClassDef)) else scope
                if _is_of_types(child, scope):
                    continue
                yield from ((inner, child, instead) for instead in _instead(child, node, name))
                yield from _walk(child, inner)


def _is_of_types(node: ast.AST, scope: str) -> bool:
    """Test whether code is for the type checker or for readers only: `Survey = Sent | Expired`, `cast(...)`, a message."""
    if isinstance(node, ast.JoinedStr):  # Python 3.11 does not know where its parts stand
        return True
    alias = isinstance(node, (ast.Assign, ast.AnnAssign)) and not scope
    if alias and isinstance(node.value, (ast.BinOp, ast.Subscript)) and not isinstance(node.value, ast.Constant):
        return isinstance(node.value, ast.Subscript) or _names_types(node.value)
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in CALLED_FOR_TYPES


def _names_types(node: ast.expr) -> bool:
    if isinstance(node, ast.BinOp):
        return isinstance(node.op, ast.BitOr) and _names_types(node.left) and _names_types(node.right)
    return isinstance(node, (ast.Subscript, ast.Constant)) or (isinstance(node, ast.Name) and node.id[:1].isupper())


def _instead(node: ast.AST, parent: ast.AST, name: str) -> Iterator[ast.AST]:
    match node:
        case ast.Compare():
            for i, op in enumerate(node.ops):
                if (other := OTHER.get(type(op))) is not None:
                    yield _with(node, ops=[*node.ops[:i], other(), *node.ops[i + 1 :]])
        case ast.BoolOp() | ast.BinOp() if type(node.op) in OTHER:
            yield _with(node, op=OTHER[type(node.op)]())
        case ast.AugAssign() if type(node.op) in OTHER:
            yield _with(node, op=OTHER[type(node.op)]())
        case ast.UnaryOp(op=ast.Not() | ast.USub()):
            yield copy.deepcopy(node.operand)
        case ast.Return(value=ast.expr() as value) if not _is_none(value):
            opposite = isinstance(value, ast.Constant) and isinstance(value.value, bool)
            yield ast.Return(ast.Constant(not value.value if opposite else None))
        case ast.Expr(value=ast.YieldFrom()):
            yield ast.Expr(ast.YieldFrom(ast.Tuple([], ast.Load())))
        case ast.Expr(value=ast.Yield()):
            yield ast.Expr(ast.YieldFrom(ast.Tuple([], ast.Load())))
    judges = name in ("test", "guard") or (name == "ifs" and isinstance(parent, ast.comprehension))
    if judges and not isinstance(node, ast.Constant):
        yield ast.Constant(True)
        yield ast.Constant(False)


def _with(node: ast.AST, **fields: object) -> ast.AST:
    changed = copy.deepcopy(node)
    for name, value in fields.items():
        setattr(changed, name, value)
    return changed


def _is_none(value: ast.expr) -> bool:
    return isinstance(value, ast.Constant) and value.value is None


def of_the_domains(root: Path) -> dict[str, str]:
    """Return the source of every module with rules, by its path."""
    files = sorted(root.glob("services/*/domain/**/*.py"))
    return {str(file.relative_to(root)): file.read_text("utf-8") for file in files}
