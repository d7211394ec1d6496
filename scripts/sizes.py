"""Print how large the code is: per folder, and what exceeds the sizes that the project watches.

    python scripts/sizes.py [FOLDER]

Lines are those that are not blank; migrations are left out; a function counts from `def` to its last line.
"""

import ast
import statistics
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

CODE = ["accounts", "notices", "targets", "submissions", "reporting", "workplan"]
FOLDERS = [*CODE, "scripts", "tests"]
MODULE_LINES, FUNCTION_LINES = 400, 60
HEAD = ("", "modules", "lines", "med", "max", "functions", "med", "p90", "max", "docstrings", "typed returns")
ROW = "{:<12}{:>8}{:>8}{:>6}{:>6}{:>11}{:>5}{:>5}{:>5}{:>12}{:>15}"

Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class Module:
    """One file of Python, measured."""

    path: Path
    lines: int
    filled_lines: int
    functions: list[Function]


def modules(folder: Path) -> Iterator[Module]:
    for path in sorted(folder.rglob("*.py")):
        source = path.read_text(encoding="utf-8")
        if not source.strip() or "migrations" in path.parts:
            continue
        lines = source.splitlines()
        functions = [node for node in ast.walk(ast.parse(source)) if isinstance(node, Function)]
        yield Module(path, len(lines), sum(1 for line in lines if line.strip()), functions)


def length(function: Function) -> int:
    return (function.end_lineno or function.lineno) - function.lineno + 1


def share(of: list[bool]) -> str:
    return f"{100 * sum(of) / len(of):.0f} %"


def row(name: str, found: list[Module]) -> str:
    functions = [function for module in found for function in module.functions]
    lengths = sorted(length(function) for function in functions)
    module_lines = [module.lines for module in found]
    return ROW.format(
        name,
        len(found),
        sum(module.filled_lines for module in found),
        f"{statistics.median(module_lines):.0f}",
        max(module_lines),
        len(functions),
        f"{statistics.median(lengths):.0f}",
        lengths[int(0.9 * len(lengths))],
        lengths[-1],
        share([ast.get_docstring(function) is not None for function in functions]),
        share([function.returns is not None for function in functions]),
    )


def oversized(found: list[Module]) -> Iterator[str]:
    for module in found:
        if module.lines > MODULE_LINES:
            yield f"{module.path}: {module.lines} lines"
        for function in module.functions:
            if length(function) > FUNCTION_LINES:
                yield f"{module.path}:{function.lineno} {function.name}: {length(function)} lines"


def main(root: Path) -> None:
    measured = {name: list(modules(root / name)) for name in FOLDERS}
    print(ROW.format(*HEAD))
    for name, found in measured.items():
        if any(module.functions for module in found):
            print(row(name, found))
    code = [module for name in CODE for module in measured[name]]
    print(row("all code", code))
    lines = {name: sum(module.filled_lines for module in found) for name, found in measured.items()}
    print(f"\nLines of test per line of code: {lines['tests'] / sum(lines[name] for name in CODE):.2f}")
    everything = [module for found in measured.values() for module in found]
    print(f"Modules above {MODULE_LINES} lines and functions above {FUNCTION_LINES}:")
    print("\n".join(f"  {line}" for line in oversized(everything)) or "  none")


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "."))
