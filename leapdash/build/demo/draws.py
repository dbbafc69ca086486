"""Random numbers that are the same on every machine: whole numbers only, one stream per purpose.

NumPy promises that the raw words of a bit generator never change; it promises less for the
distributions built on them, and floating-point exp and log differ in the last digit between
processors. So everything here is made from raw words by whole-number arithmetic, and the one
transcendental function needed (the logistic) is a table computed with `decimal`, whose results
are correctly rounded everywhere.
"""

from collections.abc import Sequence
from decimal import Decimal, localcontext
from zlib import crc32

import numpy as np
import numpy.typing as npt

U16 = npt.NDArray[np.uint16]
I64 = npt.NDArray[np.int64]

ONE = 65_536
"""A probability of 1; probabilities are whole numbers of 1/65,536."""

LOGIT = 1_000
"""A logit of 1; logits are whole numbers of 1/1,000."""

_LOGIT_BOUND = 10 * LOGIT
_NORMAL_TERMS = 8
# twice the standard deviation of the sum of eight uniform 16-bit numbers, sqrt(8 (2^32 - 1) / 12)
_NORMAL_TWICE_SD = 107_020


class Draws:
    """Streams of random numbers, each named by its purpose and some whole numbers.

    The same seed, name and numbers give the same draws, in whatever order they are asked for.
    """

    def __init__(self, seed: int) -> None:
        if seed < 0:
            raise ValueError(f"seed {seed}: expected 0 or more")
        self._seed = seed

    def _words(self, count: int, name: str, index: Sequence[int]) -> npt.NDArray[np.uint64]:
        sequence = np.random.SeedSequence([self._seed, crc32(name.encode()), *index])
        words: npt.NDArray[np.uint64] = np.random.PCG64(sequence).random_raw(count)
        return words

    def bits16(self, shape: tuple[int, ...], name: str, *index: int) -> U16:
        """Uniform whole numbers from 0 to 65,535."""
        count = int(np.prod(shape, dtype=np.int64))
        words = self._words((count + 3) // 4, name, index)
        return words.astype("<u8", copy=False).view("<u2")[:count].reshape(shape)

    def below(self, bound: int | I64, shape: tuple[int, ...], name: str, *index: int) -> I64:
        """Uniform whole numbers from 0 to `bound` - 1; `bound` one number or one for each draw."""
        count = int(np.prod(shape, dtype=np.int64))
        words = self._words(count, name, index).reshape(shape) >> np.uint64(32)
        scaled: I64 = (words.astype(np.int64) * bound) >> 32
        return scaled

    def normal(self, sd: int, shape: tuple[int, ...], name: str, *index: int) -> I64:
        """Nearly normal whole numbers with mean 0 and standard deviation `sd`.

        The sum of eight uniform numbers: it never leaves ±4.9 standard deviations.
        """
        terms = self.bits16((*shape, _NORMAL_TERMS), name, *index).astype(np.int64)
        centred: I64 = 2 * terms.sum(axis=-1) - _NORMAL_TERMS * (ONE - 1)
        return (centred * sd) // _NORMAL_TWICE_SD

    def chance(
        self, share: float, shape: tuple[int, ...], name: str, *index: int
    ) -> npt.NDArray[np.bool_]:
        """True with probability `share`."""
        return self.bits16(shape, name, *index) < int(share * ONE)

    def pick(self, shares: Sequence[float], shape: tuple[int, ...], name: str, *index: int) -> I64:
        """Positions in `shares`, each as often as its share says; the last takes what is left."""
        bounds = np.floor(np.cumsum(np.asarray(shares[:-1])) * ONE).astype(np.int64)
        return np.searchsorted(bounds, self.bits16(shape, name, *index), side="right").astype(
            np.int64
        )


def _logistic_table() -> U16:
    with localcontext() as context:
        context.prec = 30
        upper = [
            int(Decimal(ONE) / (1 + (Decimal(-logit) / LOGIT).exp()) + Decimal("0.5"))
            for logit in range(0, _LOGIT_BOUND + 1)
        ]
    lower = [ONE - value for value in upper[:0:-1]]
    return np.array(lower + upper, dtype=np.uint16)


_LOGISTIC = _logistic_table()


def logistic(logits: npt.NDArray[np.int64] | npt.NDArray[np.int32]) -> U16:
    """Probabilities (in 1/65,536) of `logits` (in 1/1,000); beyond ±10 logits the ends hold."""
    chances: U16 = _LOGISTIC[np.clip(logits, -_LOGIT_BOUND, _LOGIT_BOUND) + _LOGIT_BOUND]
    return chances
