"""Prefetching: asks the processor for memory that a walk will read soon.

What a walk over a large graph waits for is memory, for neighbours lie anywhere; asked for some steps ahead, the waits
overlap and a walk over a million items takes half the time (measured).
"""

from collections.abc import Callable
from typing import Any, cast

from llvmlite import ir
from numba import njit, types
from numba.extending import intrinsic
from numpy.typing import NDArray

from app.topology.graph import Int8, Int32, Int64

# How many items ahead a walk asks where the edges of an item begin, and then for the edges themselves.
FAR, NEAR = 32, 16
_READ, _KEEP, _DATA = 0, 3, 1


def _prefetch(context, array, index):  # type: ignore[no-untyped-def]  # numba's and llvmlite's own objects
    """Source: https://llvm.org/docs/LangRef.html#llvm-prefetch-intrinsic"""

    def emit(context, builder, signature, arguments):  # type: ignore[no-untyped-def]
        view = context.make_array(signature.args[0])(context, builder, arguments[0])
        place = builder.bitcast(builder.gep(view.data, [arguments[1]]), ir.IntType(8).as_pointer())
        flag = ir.IntType(32)
        kind = ir.FunctionType(ir.VoidType(), [place.type, flag, flag, flag])
        name = "llvm.prefetch.p0"
        function = builder.module.globals.get(name) or ir.Function(builder.module, kind, name)
        builder.call(function, [place, flag(_READ), flag(_KEEP), flag(_DATA)])
        return context.get_dummy_value()

    return types.void(array, types.intp), emit


# Ask for one element of an array, in compiled code; the index may be any, for nothing is read.
prefetch = cast(Callable[[NDArray[Any], int], None], intrinsic(_prefetch))


@njit(cache=True, nogil=True)
def ask_ahead(queue: Int32, head: int, count: int, start: Int64, index: Int32, kind: Int8) -> None:
    """Ask for the edges of what comes later in a queue that is `count` long, and for where still later ones begin."""
    if head + FAR < count:
        prefetch(start, queue[head + FAR])
        prefetch(index, start[queue[head + NEAR]])
        prefetch(kind, start[queue[head + NEAR]])
