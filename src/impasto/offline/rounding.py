"""Where a quantised ONNX graph rounds to integers. How, and which layers: `quantise.py`."""

from typing import Any

MOVING = ("Concat", "MaxPool", "Pad", "Reshape", "Transpose", "Unsqueeze")
"""Operations that compute nothing: what comes out went in, in an order that rounding keeps, or is the zero of a padding."""


def round_before_moving(graph: Any) -> None:
    """Lets rounding come before values are only moved or mirrored: the same result, with a quarter of the bytes moved.

    graph: of ONNX, with QuantizeLinear and DequantizeLinear of one scale each before its convolutions; changed in place.
    """
    while (found := _late(graph)) is not None:
        _move(graph, *found)
    _sort(graph)


def round_once(graph: Any) -> None:
    """The same, and whatever else takes a value that is rounded gets it rounded too: no value is kept twice.

    For graphs in which no errors add up: a residual sum would collect them.
    """
    round_before_moving(graph)
    rounded = {node.output[0]: node.input[0] for node in graph.node if node.op_type == "QuantizeLinear"}
    ways_back = [node for node in graph.node if node.op_type == "DequantizeLinear" and node.input[0] in rounded]
    backs = {rounded[node.input[0]]: node.output[0] for node in ways_back}
    for node in graph.node:
        for number, name in enumerate(node.input):
            if name in backs and node.op_type != "QuantizeLinear":
                node.input[number] = backs[name]
    _sort(graph)


def _late(graph: Any) -> tuple[Any, Any] | None:
    """The first rounding that an operation of MOVING feeds, and that operation."""
    maker = {output: node for node in graph.node for output in node.output}
    for node in graph.node:
        before = maker.get(node.input[0]) if node.op_type == "QuantizeLinear" else None
        if before is not None and before.op_type in MOVING:
            return node, before
    return None


def _move(graph: Any, rounding: Any, moving: Any) -> None:
    """A rounding, and the way back to floating point after it, to before the operation: once for each of its inputs.

    Whatever else takes what was moved gets it rounded too.
    """
    import onnx.helper

    (back,) = (node for node in graph.node if rounding.output[0] in node.input)
    for number, name in enumerate(moving.input if moving.op_type == "Concat" else moving.input[:1]):
        whole, again = f"{back.output[0]}.{number}.whole", f"{back.output[0]}.{number}"
        graph.node.append(onnx.helper.make_node("QuantizeLinear", [name, *rounding.input[1:]], [whole], name=whole))
        graph.node.append(onnx.helper.make_node("DequantizeLinear", [whole, *back.input[1:]], [again], name=again))
        moving.input[number] = again
    for node in graph.node:
        for number, name in enumerate(node.input):
            if name == rounding.input[0] and node is not rounding:
                node.input[number] = back.output[0]
    moving.output[0] = back.output[0]
    graph.node.remove(rounding)
    graph.node.remove(back)


def _sort(graph: Any) -> None:
    """Every node after those that it needs."""
    made = {value.name for value in (*graph.input, *graph.initializer)} | {""}
    waiting, ordered = list(graph.node), []
    while waiting:
        ready = [node for node in waiting if made.issuperset(node.input)]
        made.update(name for node in ready for name in node.output)
        waiting = [node for node in waiting if not made.issuperset(node.output)]
        ordered += ready
    del graph.node[:]
    graph.node.extend(ordered)
