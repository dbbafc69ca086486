"""Functions that every engine has and Ibis has no word for."""

import ibis
import ibis.expr.types as ir


@ibis.udf.scalar.builtin  # type: ignore[untyped-decorator]
def bit_count(number: int) -> int:  # type: ignore[empty-body]
    """How many bits of a whole number are set."""


def all_different(bits: ir.IntegerColumn) -> ir.BooleanScalar:
    """Whether no two rows of a group have the same power of two.

    Powers of two add up to a number with as many bits set as there are powers, unless two are the
    same: those make one bit of the two.
    """
    return bit_count(bits.cast("int64").sum()) == bits.count()


def power_of_two(exponent: ir.IntegerValue) -> ir.IntegerValue:
    """Two to the power of a whole number below 53."""
    return (ibis.literal(2.0) ** exponent).cast("int64")
