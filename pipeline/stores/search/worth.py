"""What the papers found are worth, in arrays: ten thousand are found by many a question."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt

from pipeline.stores.search.codec import Numbers


class Worth:
    """The papers found, each with its worth; among equals the newest is first.

    Args:
        size: How many numbers of papers there are.
    """

    def __init__(self, size: int) -> None:
        self._worth = np.zeros(size)
        self._is_in = np.zeros(size, bool)

    def __len__(self) -> int:
        return int(np.count_nonzero(self._is_in))

    def __contains__(self, number: int) -> bool:
        return bool(self._is_in[number])

    def of(self, number: int) -> float:
        """What a paper is worth; 0 where it was not found."""
        return float(self._worth[number])

    def add(self, numbers: Numbers | int, value: float) -> None:
        """These are found, or worth so much more."""
        self._worth[numbers] += value
        self._is_in[numbers] = True

    def add_others(self, numbers: Numbers, value: float) -> None:
        """Those not found so far are worth so much."""
        self.add(numbers[~self._is_in[numbers]], value)

    def raise_each(self, numbers: Numbers, value: float) -> None:
        """Papers that were found already are worth so much more."""
        self._worth[numbers] += value

    def numbers(self) -> Numbers:
        """The papers, newest first."""
        return self._is_in.nonzero()[0][::-1].astype(np.uint32)

    def best(self, most: int | None = None) -> Numbers:
        """The *most* papers of most worth, best first; without *most* all of them."""
        numbers = self.numbers()
        values: npt.NDArray[np.float64] = self._worth[numbers]
        if most is not None and most < len(numbers):
            # Thousands of papers have few worths between them: those equal to the last one come along.
            kept = values >= np.partition(values, -most)[-most]
            numbers, values = numbers[kept], values[kept]
        return numbers[np.argsort(-values, kind="stable")[:most]]

    def only(self, numbers: Iterable[int]) -> Worth:
        """These papers alone, worth what they are here."""
        chosen = np.fromiter(numbers, np.uint32)
        worth = Worth(len(self._worth))
        worth._is_in[chosen] = True
        worth._worth[chosen] = self._worth[chosen]
        return worth

    def pairs(self) -> list[tuple[int, float]]:
        """Each paper with its worth, newest first."""
        numbers = self.numbers()
        return list(zip(numbers.tolist(), self._worth[numbers].tolist(), strict=True))
