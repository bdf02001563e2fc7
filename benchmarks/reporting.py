"""What every benchmark prints around its figures: the machine, the versions, Markdown tables. No host names, no paths."""

from collections.abc import Iterable, Sequence

from impasto.cli.doctor import examine


def machine() -> str:
    """Processor, cores, memory, device and versions, in a line."""
    report = examine()
    versions, system, torch = report["versions"], report["system"], report["torch"]
    parts = [
        f"{system['processor']}, {system['cores']} cores, {str(system['memory']).split(' of ')[-1].replace(' available', '')}",
        f"{torch['devices'][-1]} ({torch['precision']}, {torch['threads']} threads)",
        f"Impasto {versions['impasto']}, PyTorch {versions['torch']}, Python {versions['python']}",
    ]
    return "; ".join(parts)


def table(heads: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A Markdown table; floats with three significant digits."""
    lines = [heads, ["---"] * len(heads), *([_cell(value) for value in row] for row in rows)]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def _cell(value: object) -> str:
    return f"{value:.3g}" if isinstance(value, float) else str(value)
