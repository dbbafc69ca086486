"""Trials: every school month, students visited for the first time beside students not visited yet.

Ibis expressions only. Python gets from here a draw of students with their past, and sums by
stratum, month and event time.

Names used throughout: `unit` (a student), `t` (a school month, numbered from 0), `y` (the outcome,
null where it wasn't observed), `first` (the month of the first visit, null for never), `stratum`,
`g` (the month a trial begins), `e` (event time, months from g to the month looked at), `value`
(the kind of visit a trial is about), `part` (what visited units are reported under). All but y are
whole numbers.
"""

from collections.abc import Sequence
from itertools import combinations_with_replacement
from math import factorial, prod

import ibis
import ibis.expr.types as ir

from leapdash.estimator.design import Design
from leapdash.estimator.numbering import COMPARISON, Numbering
from leapdash.estimator.propensity import HIGHEST_PROPENSITY, powers

HIGHEST_LEAVING_WEIGHT = 50.0
"""The weight that makes up for comparison students visited later is at most this."""

_NO_MONTH = 2**15 - 1
_LAST_DIGITS = 1e-7
_PRIME = 2**31 - 1
_TIMES = ((1_500_450_271, 2_038_074_743), (1_103_515_249, 1_299_709_001))

HIGHEST_SHARE = 0.9
"""In its residual's factor, a comparison unit's share of its cell's weight is at most this."""


def with_history(panel: ir.Table, design: Design) -> ir.Table:
    """The panel with each unit's past outcomes.

    `panel`: one row per unit and month: unit, t, y, stratum, first, covariates. Adds
    `last` (y in the month before) and `mean` (y over the months of history before), null unless
    every month it needs is there and observed (a gap in the months is no history); `earlier` and
    `none`, where the design asks for them (see `Design.past`); and `can_begin`: the history the
    design asks for is there.
    """
    months = max(design.history, 1)
    over = ibis.window(group_by=panel.unit, order_by=panel.t)
    lagged = panel.mutate(
        _y1=panel.y.lag(1).over(over),
        _t1=panel.t.lag(1).over(over),
        _t0=panel.t.lag(months).over(over),
        **{f"_y{k}": panel.y.lag(k).over(over) for k in range(2, months + 1)},
    )
    # Added up in one order, so that classes of it never depend on how an engine adds.
    total = lagged[f"_y{months}"]
    for k in range(months - 1, 0, -1):
        total = total + lagged[f"_y{k}"]
    nothing = ibis.null("float64")
    lagged = lagged.mutate(
        last=ibis.ifelse(lagged._t1 == lagged.t - 1, lagged._y1, nothing),
        mean=ibis.ifelse(lagged._t0 == lagged.t - months, total / months, nothing),
    )
    if "earlier" in design.past:
        before = ibis.window(
            group_by=panel.unit, order_by=panel.t, preceding=(None, months + 1), following=None
        )
        earlier = panel.y.mean().over(before)
        lagged = lagged.mutate(
            earlier=earlier.fill_null(0.0), none=earlier.isnull().cast("float64")
        )
    needed = lagged.mean if design.history else lagged["last"]
    return lagged.mutate(can_begin=needed.notnull()).select(
        *panel.columns, *design.past, "can_begin"
    )


def at_risk(history: ir.Table) -> ir.Table:
    """The unit-months a trial can begin with: history there, not visited before.

    Adds `visited`: the first visit is in this very month.
    """
    t = history.filter(is_at_risk(history))
    return t.mutate(visited=(t["first"] == t.t).fill_null(False))


def is_at_risk(history: ir.Table) -> ir.BooleanValue:
    """Whether the unit can begin a trial in the row's month."""
    return history.can_begin & (history["first"].isnull() | (history["first"] >= history.t))


def drawn(
    risk: ir.Table, visited: Sequence[str], design: Design, by: Sequence[str] = ()
) -> ir.Table:
    """The students the propensity is fitted on: all visited, and a draw of those who are not.

    Of the strata and months with a visit. Where hardly anybody is visited, a student who is not
    says little: so in every class of past outcomes (`design.width`; the whole state's months
    together) `design.drawn` are drawn for each one visited and for one more, or all there are. The
    draw goes by the numbers of unit and month alone: the same on every engine and in every run.
    `by`: further columns to draw by. `visited`: columns of `risk` that are true for students
    visited.

    by, stratum, t, the design's measures, each of `visited`, is_visited, weight (how many of its
    class the row stands for).
    """
    slot = [*by, "stratum", "t"]
    visits = risk.filter(risk.visited).select(*slot).distinct()
    # A mean may differ in its last digit from one engine to the other, and must not fall into
    # another class for that.
    risk = risk.semi_join(visits, slot).select(*risk.columns)
    classes = {
        f"class_{name}": (risk[name] / design.width + _LAST_DIGITS).floor().cast("int64")
        for name in design.past
    }
    t = risk.mutate(**classes)
    sizes = t.group_by(*by, *classes).agg(
        wanted=design.drawn * (t.visited.cast("int64").sum() + 1),
        waiting=(~t.visited).cast("int64").sum(),
    )
    t = t.join(sizes, [*by, *classes])
    t = t.filter(t.visited | (lot(t.unit, t.t) * t.waiting < t.wanted * _PRIME))
    share = t.waiting.cast("float64") / t.wanted
    weight = ibis.ifelse(t.visited | (share < 1), 1.0, share)
    columns = [*slot, "unit", *design.measures, *visited]
    return t.select(*columns, is_visited="visited", weight=weight).order_by(*slot, "unit")


def serving(waiting: ir.Table, design: Design) -> ir.Table:
    """Those of the units waiting who serve as a comparison, and the odds they count with.

    A unit hardly ever visited hardly counts, and there are many of these: so a unit is drawn with a
    chance of `design.compared` times its odds of a visit, and where that is below 1 counts for all
    like it, with odds of 1 / `design.compared`. Means are those of everyone but for the draw, whose
    part the standard errors hold; it goes by the numbers of unit and month, as in `drawn`, and
    independently of that.

    `waiting`: unit, t, odds, and whatever else it has.
    """
    chosen = lot(waiting.unit, waiting.t, 1) < waiting.odds * design.compared * float(_PRIME)
    found = waiting.filter(chosen)
    return found.mutate(odds=ibis.greatest(found.odds, 1.0 / design.compared))


def lot(unit: ir.IntegerValue, t: ir.IntegerValue, draw: int = 0) -> ir.IntegerValue:
    """A number from 0 to _PRIME - 1, as good as drawn by lot for each unit and month.

    Residues of products (a square between two of them), all below 2^63: whole numbers, on which
    engines agree. `draw`: a number of its own for every draw.
    """
    prime = ibis.literal(_PRIME, "int64")
    number = ((unit.cast("int64") % prime) + prime) % prime
    for times, more in _TIMES:
        added = t.cast("int64") * more + (draw + 1) * more % _PRIME
        number = (number * ibis.literal(times, "int64") + added) % prime
        number = (number * number + more) % prime
    return number


def propensity(t: ir.Table, design: Design) -> ir.FloatingValue:
    """The fitted chance of a visit, for rows with the design's measures and `coefficient_columns`.

    As `propensity.terms` has them.
    """
    names = design.measures
    standard = [(t[name] - t[f"centre_{name}"]) / t[f"scale_{name}"] for name in names]
    if "earlier" in design.past:
        standard[2] = standard[2] * (1 - t.none)
    index = t.intercept
    for k, term in enumerate(powers(len(design.past), len(design.covariates))):
        product = t[f"slope_{k}"] / prod(map(factorial, term))
        for value, power in zip(standard, term, strict=True):
            for _ in range(power):
                product = product * value
        index = index + product
    h = 1 / (1 + (-index).exp())
    # Not `least`: it passes over a null, where there are no coefficients.
    return ibis.ifelse(h > HIGHEST_PROPENSITY, HIGHEST_PROPENSITY, h)


def weighted(history: ir.Table, coefficients: ir.Table | None, design: Design) -> ir.Table:
    """The history with the propensity of a visit, and what staying unvisited until then was worth.

    `coefficients`: `coefficient_columns` by stratum and t, or None where nothing is weighted. Adds
    h (null where no trial can begin or the unit was visited before; 0 where nobody
    of the stratum was visited that month), leaving (the running sum of -ln(1 - h) up to this month;
    a month without h adds nothing) and, where comparison units are never visited, leaving_last (its
    value in the unit's last month).
    """
    if coefficients is None:
        zero = ibis.literal(0.0)
        unweighted = history.mutate(h=zero, leaving=zero)
        return unweighted.mutate(leaving_last=zero) if design.comparison == "never" else unweighted
    t = history.left_join(coefficients, ["stratum", "t"])
    fit = propensity(t, design).fill_null(0.0)
    t = t.mutate(h=ibis.ifelse(is_at_risk(t), fit, ibis.null("float64")))
    t = t.select(*history.columns, "h", spent=(-(1 - t.h).ln()).fill_null(0.0))
    leaving = t.spent.sum().over(ibis.cumulative_window(group_by=t.unit, order_by=t.t))
    if design.comparison != "never":
        return t.mutate(leaving=leaving).drop("spent")
    last = t.spent.sum().over(ibis.window(group_by=t.unit))
    return t.mutate(leaving=leaving, leaving_last=last).drop("spent")


def roles(
    trials: ir.Table,
    months: ir.Table,
    numbering: Numbering,
    design: Design,
    base: str = "last",
) -> ir.Table:
    """Every part a unit plays in a trial: a row per unit, trial and event time.

    `trials`: unit, g, trial (`Numbering.trial`), part (null for comparison units), first, visited,
    the design's measures, odds, leaving. `months`: see `weighted`. `base`: the column of both with
    the outcome in the month before.

    unit, cell, part, side (numbers, see `Numbering`), visited, the measures, change (of y since the
    base month), now (y itself), odds, uncut (the weight before HIGHEST_LEAVING_WEIGHT), w (the
    weight; 1 for the visited, who spend nothing after the visit).
    """
    never = design.comparison == "never"
    columns = {"unit_now": "unit", "t": "t", "y": "y", "leaving_now": "leaving"}
    if never:
        columns["leaving_last"] = "leaving_last"
    if design.base == "varying":
        columns["previous"] = base
    now = months.filter(months.y.notnull()).select(**columns)

    # Whom a trial follows in which months is settled before the join, and the arithmetic after it
    # has no cases: the join makes some twenty rows of each, and they are all of the work.
    begins = trials.filter(trials.visited | (trials.odds > 0))
    latest = begins.g + (numbering.lowest + numbering.span - 1)
    if never:
        begins = begins.filter(begins.visited | begins["first"].isnull())
    else:
        stays = ibis.ifelse(begins.visited, latest, begins["first"].fill_null(_NO_MONTH) - 1)
        latest = ibis.least(latest, stays)
    if design.base == "universal":
        begins = begins.filter(begins[base].notnull())
    begins = begins.mutate(
        earliest=(begins.g + numbering.lowest).cast("int16"),
        latest=latest.cast("int16"),
        at=(begins.trial * numbering.span - numbering.lowest - begins.g).cast("int32"),
    )
    own = begins.part.fill_null(COMPARISON).cast("int64")
    begins = begins.mutate(side_at=numbering.side(begins["at"].cast("int64"), own))
    inside = now.t >= begins.earliest, now.t <= begins.latest
    t = begins.join(now, [begins.unit == now.unit_now, *inside])
    if len(design.event_times) < numbering.span:
        t = t.filter((t.t - t.g).isin(design.event_times))
    counted_from = t[base]
    if design.base == "varying":
        counted_from = ibis.ifelse(t.t < t.g, t.previous, counted_from)
        t = t.filter(counted_from.notnull())
    # A running sum: before the trial's month it is smaller, so that nothing is made up for there.
    spent = t.leaving_last - t.leaving if never else ibis.greatest(t.leaving_now - t.leaving, 0.0)
    return _weighed(
        t.mutate(
            cell=t["at"] + t.t,
            side=t.side_at + (numbering.parts + 1) * t.t,
            change=t.y - counted_from,
            left=spent.exp(),
        ),
        design,
    )


def roles_of_period(
    trials: ir.Table, months: ir.Table, numbering: Numbering, design: Design
) -> ir.Table:
    """Every unit's part in a trial about an outcome of a whole period: columns as of `roles`.

    `trials`: as in `roles`. `months`: unit, t, y (the outcome of a trial that begins in t), until
    (the last month of its period), leaving_until (leaving in the last of the unit's months of it).
    A comparison unit is visited after the period, or never. `change` is y itself.
    """
    now = months.filter(months.y.notnull()).select("unit", "y", "until", "leaving_until", g="t")
    begins = trials.filter(trials.visited | (trials.odds > 0))
    t = begins.join(now, ["unit", "g"])
    stays = t["first"].isnull() | (t["first"] > t.until)
    t = t.filter(t.visited | stays)
    side = numbering.side(t.trial.cast("int64"), t.part.fill_null(COMPARISON).cast("int64"))
    left = ibis.ifelse(t.visited, 1.0, (t.leaving_until - t.leaving).exp())
    return _weighed(t.mutate(cell=t.trial, side=side, change=t.y, left=left), design)


def _weighed(t: ir.Table, design: Design) -> ir.Table:
    """The columns of `roles`. `t`: with left, what having stayed unvisited is worth."""
    return t.select(
        "unit",
        "cell",
        "part",
        "visited",
        *design.measures,
        "change",
        "odds",
        "side",
        now="y",
        uncut=t.odds * t.left,
        w=t.odds * ibis.least(t.left, HIGHEST_LEAVING_WEIGHT),
    )


def sums_by_side(parts: ir.Table, design: Design) -> ir.Table:
    """By side: units, and the sums over them that effects are made of.

    Weighted sums are named by what is multiplied (`w last mean`: weight times last times mean),
    w2 are squared weights; now, odds and uncut are added up as they are.
    """
    w = parts.w
    products = [
        *((name,) for name in ("change", *design.measures)),
        *((name, "change") for name in design.measures),
        *combinations_with_replacement(design.measures, 2),
    ]
    sums = {}
    for names in products:
        product = w
        for name in names:
            product = product * parts[name]
        sums[" ".join(("w", *names))] = product.sum()
    return parts.group_by("side").agg(
        units=parts.count(),
        now=parts.now.sum(),
        odds=parts.odds.sum(),
        uncut=parts.uncut.sum(),
        w=w.sum(),
        w2=(w * w).sum(),
        **sums,
    )


def terms_of_effect(parts: ir.Table, sides: ir.Table, design: Design) -> ir.Table:
    """What each role adds to the effect of its cell and part, times the visited: unit, cell, key
    (`Numbering.key`), visited, x.

    `sides`: a row per key and side, see `estimate.on_engine`. A visited unit's x is its
    residual. A comparison unit's is its residual from the comparison's weighted mean, times its
    share of the weight and the number visited, with a minus; with `small_samples` that residual is
    divided by 1 less the share, as if the unit had no part in the mean it is taken from (the
    jackknife's: HC3, MacKinnon and White 1985).
    """
    t = parts.join(sides, "side")
    adjusted = t.change
    for name in design.measures:
        adjusted = adjusted - t[f"slope_{name}"] * t[name]
    residual = adjusted - t.centre
    if design.small_samples:
        residual = residual / (1 - ibis.least(t.w * t.share, HIGHEST_SHARE))
    return t.select("unit", "cell", "key", "visited", x=t.factor * t.w * residual)


def influence(terms: ir.Table, numbering: Numbering) -> ir.Table:
    """Each unit's terms added up: unit, atom, e, x, compared (served as a comparison), visited
    (is one of the visited).
    """
    t = terms.group_by("unit", "key").agg(
        x=terms.x.sum(), compared=(~terms.visited).any(), visited=terms.visited.any()
    )
    return t.select(
        "unit",
        "x",
        "compared",
        "visited",
        atom=(t.key // numbering.span).cast("int32"),
        e=(t.key % numbering.span + numbering.lowest).cast("int16"),
    )
