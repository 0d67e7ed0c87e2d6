"""Counts → bars with their places, for the inline pictures that the templates draw; no style, classes alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pipeline.query_words import with_dots

#: Of the picture, in its own units; a phone shows one unit as somewhat less than a pixel.
WIDTH = 420
_LEFT, _RIGHT, _TOP, _BOTTOM = 46, 4, 12, 26
_HEIGHT = 220
_ROW = 40
_STEPS = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One rectangle; places are text, because a template writes numbers as people do, with a comma."""

    x: str
    y: str
    width: str
    height: str
    #: Of which series: 0, 1, 2 …; decides colour and pattern.
    series: int
    #: What it says when pointed at.
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Tick:
    """A line of the scale, or a name under or beside the bars."""

    x: str
    y: str
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """A picture and the table that says the same."""

    title: str
    described: str
    width: int
    height: int
    bars: tuple[Bar, ...]
    scale: tuple[Tick, ...]
    names: tuple[Tick, ...]
    #: Names of the series, in order; one series needs no legend.
    legend: tuple[str, ...]
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    total: int


def columns(
    title: str, names: Sequence[str], series: Mapping[str, Sequence[int]], first: str
) -> Chart:
    """Columns beside each other, the series standing upon each other; *first* heads the names' column."""
    sums = [sum(values[at] for values in series.values()) for at in range(len(names))]
    top = _round_up(max([*sums, 1]))
    height = _HEIGHT - _TOP - _BOTTOM
    step = (WIDTH - _LEFT - _RIGHT) / max(len(names), 1)
    bars = []
    for at, name in enumerate(names):
        base = 0
        for number, (what, values) in enumerate(series.items()):
            if not values[at]:
                continue
            size = height * values[at] / top
            bars.append(
                Bar(
                    x=_place(_LEFT + step * at + step * 0.14),
                    y=_place(_TOP + height - height * base / top - size),
                    width=_place(step * 0.72),
                    height=_place(size),
                    series=number,
                    words=f"{name}, {what}: {with_dots(values[at])}",
                )
            )
            base += values[at]
    table = [
        (name, *(with_dots(values[at]) for values in series.values()), with_dots(sums[at]))
        for at, name in enumerate(names)
    ]
    return Chart(
        title=title,
        described=_described(title, sum(sums), names, sums),
        width=WIDTH,
        height=_HEIGHT,
        bars=tuple(bars),
        scale=_scale(top, height),
        names=tuple(
            Tick(x=_place(_LEFT + step * (at + 0.5)), y=_place(_HEIGHT - 8), words=name.split()[-1])
            for at, name in enumerate(names)
        ),
        legend=tuple(series) if len(series) > 1 else (),
        head=(first, *series, "Cộng"),
        rows=tuple(table),
        total=sum(sums),
    )


def rows(title: str, counts: Sequence[tuple[str, int]], first: str) -> Chart:
    """Bars below each other, each under its name."""
    most = max([count for _, count in counts] or [1])
    room = WIDTH - 60
    bars = tuple(
        Bar(
            x="0",
            y=_place(at * _ROW + 20),
            width=_place(max(room * count / most, 1)),
            height="12",
            series=0,
            words=f"{name}: {with_dots(count)}",
        )
        for at, (name, count) in enumerate(counts)
    )
    return Chart(
        title=title,
        described=_described(title, sum(c for _, c in counts), *_split(counts)),
        width=WIDTH,
        height=max(len(counts), 1) * _ROW,
        bars=bars,
        scale=tuple(
            Tick(x=_place(float(bar.width) + 6), y=_place(at * _ROW + 31), words=with_dots(count))
            for at, (bar, (_, count)) in enumerate(zip(bars, counts, strict=True))
        ),
        names=tuple(
            Tick(x="0", y=_place(at * _ROW + 14), words=name) for at, (name, _) in enumerate(counts)
        ),
        legend=(),
        head=(first, "Số văn bản"),
        rows=tuple((name, with_dots(count)) for name, count in counts),
        total=sum(count for _, count in counts),
    )


def _split(counts: Sequence[tuple[str, int]]) -> tuple[list[str], list[int]]:
    return [name for name, _ in counts], [count for _, count in counts]


def _described(title: str, total: int, names: Sequence[str], sums: Sequence[int]) -> str:
    if not total:
        return f"{title}: chưa có văn bản nào."
    at = max(range(len(sums)), key=lambda one: sums[one])
    return f"{title}: cộng {with_dots(total)}; nhiều nhất là {names[at]}, {with_dots(sums[at])}."


def _scale(top: int, height: float) -> tuple[Tick, ...]:
    return tuple(
        Tick(
            x=_place(_LEFT),
            y=_place(_TOP + height - height * step / _STEPS),
            words=with_dots(top * step // _STEPS),
        )
        for step in range(_STEPS + 1)
    )


def _round_up(most: int) -> int:
    """The next number that four steps part evenly: 4, 8, 12, 20, 40, 80, 120 …"""
    size = 4
    while True:
        for factor in (1, 2, 3, 5):
            if size * factor >= most:
                return size * factor
        size *= 10


def _place(value: float) -> str:
    return f"{value:.1f}"
