"""The effect of a visit student by student, as docs/methods.md writes it: loops, no engine.

Nothing here is taken from leapdash; the constants are written out again.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from math import exp, factorial, floor, log, sqrt

import numpy as np

RECENT = [(1, 0), (0, 1), (2, 0), (1, 1), (0, 2), (3, 0), (2, 1), (1, 2), (0, 3)]
EARLIER = [(0, 0, 1), (0, 0, 2), (0, 0, 3), (1, 0, 1), (0, 1, 1)]


@dataclass
class Panel:
    """`y`: by student and month, missing months absent, unobserved ones None. `stratum` likewise.
    `first`: by student, the month of the first visit or None. `kind`, `part`: of those visited.
    """

    months: int
    y: dict
    stratum: dict
    first: dict
    kind: dict = field(default_factory=dict)
    part: dict = field(default_factory=dict)
    district: dict = field(default_factory=dict)
    covariates: dict = field(default_factory=dict)  # student -> month -> values
    until: dict = field(default_factory=dict)  # month -> the last of its period, if it is there
    to_the_end: dict = field(default_factory=dict)  # student -> month -> outcome from it to that


@dataclass
class Options:
    never: bool = False
    varying: bool = False
    history: int = 3
    earlier: bool = True
    weights: bool = True
    slopes: bool = True
    small_samples: bool = True
    random_shares: bool = False
    drawn: int = 10
    compared: int = 50
    event_times: tuple = tuple(range(-6, 10))


@dataclass
class Answer:
    """By (stratum, part, e): the visited and the sum of their effects; by student too: terms."""

    visited: dict
    total: dict
    terms: dict  # student -> (stratum, part, e) -> what the student adds to total
    cells: dict  # (kind, stratum, g, e, part) -> (effect, visited, variance)
    squares: dict  # (stratum, part, e) -> sum of n^2 (sum w^2) / (sum w)^2

    def union(self, atoms, e):
        """Visited, effect, and by student the influence on it, over (stratum, part) atoms."""
        n = sum(self.visited.get((*a, e), 0) for a in atoms)
        effect = sum(self.total.get((*a, e), 0.0) for a in atoms) / n
        by_student = {
            i: sum(terms.get((*a, e), 0.0) for a in atoms) / n for i, terms in self.terms.items()
        }
        return n, effect, by_student


def history_of(panel, i, g, options):
    """Last month's and the mean outcome before g, or None; the mean of those before and 0, or 0
    and 1 where there are none.
    """
    months = max(options.history, 1)
    past = [panel.y[i].get(g - k) for k in range(1, months + 1)]
    if any(value is None for value in past):
        return None
    total = past[-1]
    for value in reversed(past[:-1]):
        total = total + value
    recent = (past[0], total / months)
    more = panel.covariates[i][g] if panel.covariates else ()
    if not options.earlier or not (options.weights or options.slopes):
        return *recent, *more
    before = [value for t, value in panel.y[i].items() if t < g - months and value is not None]
    return *recent, *((sum(before) / len(before), 0.0) if before else (0.0, 1.0)), *more


def lot(i, g, draw=0):
    """The number from 0 to 2^31 - 2 by which a student is drawn in a month, or not."""
    prime, a, b = 2147483647, 2038074743, 1299709001
    number = (i * 1500450271 + g * a + (draw + 1) * a) % prime
    number = (number**2 + a) % prime
    number = (number * 1103515249 + g * b + (draw + 1) * b) % prime
    return (number**2 + b) % prime


def begins(panel, i, g, options):
    """The student's history where it can begin a trial in month g, else None."""
    if g not in panel.y[i] or (panel.first[i] is not None and panel.first[i] < g):
        return None
    return history_of(panel, i, g, options)


def fit(panel, options, is_visited):
    """The chance of a visit as a function of student and month, by Newton on all parameters."""
    places = defaultdict(list)
    for i in panel.y:
        for g in panel.y[i]:
            past = begins(panel, i, g, options)
            if past is not None:
                places[panel.stratum[i][g], g].append((i, past))
    places = {
        place: rows
        for place, rows in places.items()
        if any(panel.first[i] == place[1] for i, _ in rows)
    }
    of_past = 4 if options.earlier else 2

    def box(past):
        return tuple(floor(value / 0.1 + 1e-7) for value in past[:of_past])

    made, waiting = defaultdict(int), defaultdict(int)
    for (_, g), rows in places.items():
        for i, past in rows:
            (made if panel.first[i] == g else waiting)[box(past)] += 1
    grouped = []
    for (s, g), rows in places.items():
        for i, past in rows:
            if panel.first[i] == g:
                grouped.append(((s, g), past, 1.0, float(is_visited(i, g))))
                continue
            share = options.drawn * (made[box(past)] + 1) / waiting[box(past)]
            if lot(i, g) < share * 2147483647:
                grouped.append(((s, g), past, max(1.0, 1 / share), 0.0))
    if not grouped:
        return lambda i, g: 0.0
    centre, scale = [], []
    for k in range(len(grouped[0][1])):
        has = [(x[k], n) for _, x, n, _ in grouped if k != 2 or of_past == 2 or x[3] == 0.0]
        n = sum(n for _, n in has)
        c = sum(n * x for x, n in has) / n if n else 0.0
        s = sqrt(sum(n * (x - c) ** 2 for x, n in has) / n) if n else 0.0
        centre.append(c)
        scale.append(s if s > 1e-9 * max(1, abs(c)) else 1.0)

    def features(past):
        u, v = ((past[k] - centre[k]) / scale[k] for k in (0, 1))
        x = [u**a * v**b / (factorial(a) * factorial(b)) for a, b in RECENT]
        if of_past > 2:
            w = 0.0 if past[3] else (past[2] - centre[2]) / scale[2]
            x += [
                u**a * v**b * w**c / (factorial(a) * factorial(b) * factorial(c))
                for a, b, c in EARLIER
            ]
            x += [past[3], u * past[3], v * past[3]]
        return x + [(past[k] - centre[k]) / scale[k] for k in range(of_past, len(past))]

    terms = len(features(grouped[0][1]))
    seen = {row[0] for row in grouped if any(r[3] for r in grouped if r[0] == row[0])}
    places = sorted(seen)
    districts = sorted({panel.district.get(s, 0) for s, _ in places})
    own = districts if len(districts) > 1 else []
    size = len(places) + terms + terms * len(own) + 1
    start = log(
        sum(r[3] for r in grouped if r[0] in seen)
        / max(sum(r[2] - r[3] for r in grouped if r[0] in seen), 0.5)
    )
    design, students, visits = [], [], []
    for place, past, count, visited in grouped:
        if place in seen:
            row = np.zeros(size)
            row[places.index(place)] = 1
            x = features(past)
            row[len(places) : len(places) + terms] = x
            if own:
                at = len(places) + terms * (1 + own.index(panel.district.get(place[0], 0)))
                row[at : at + terms] = x
            design.append(row)
            students.append(count)
            visits.append(visited)
    design, students, visits = np.array(design), np.array(students), np.array(visits)
    penalty = np.zeros((size, size))
    for k in range(len(places)):
        penalty[k, k] += 0.5
        penalty[k, -1] -= 0.5
        penalty[-1, k] -= 0.5
        penalty[-1, -1] += 0.5
    for k in range(len(places), size - 1):
        penalty[k, k] = 0.1 if k < len(places) + terms else 5.0
    penalty[-1, -1] += 0.1
    pull = np.zeros(size)
    pull[-1] = 0.1 * start
    b = np.zeros(size)
    b[: len(places)] = start
    b[-1] = start

    def objective(b):
        eta = design @ b
        return visits @ eta - students @ np.logaddexp(0, eta) - b @ penalty @ b / 2 + pull @ b

    for _ in range(300):
        h = 1 / (1 + np.exp(-(design @ b)))
        gradient = design.T @ (visits - students * h) - penalty @ b + pull
        hessian = design.T @ (design * (students * h * (1 - h))[:, None]) + penalty
        step = np.linalg.solve(hessian, gradient)
        length = 1.0
        while objective(b + length * step) < objective(b) - 1e-12 and length > 1e-9:
            length /= 2
        b = b + length * step
        if max(abs(step)) < 1e-12:
            break

    def chance(i, g):
        place = (panel.stratum[i][g], g)
        if place not in seen:
            return 0.0
        x = features(history_of(panel, i, g, options))
        index = b[places.index(place)] + sum(x[k] * b[len(places) + k] for k in range(terms))
        if own:
            at = len(places) + terms * (1 + own.index(panel.district.get(place[0], 0)))
            index += sum(x[k] * b[at + k] for k in range(terms))
        return min(1 / (1 + exp(-index)), 0.9)

    return chance


def estimate(panel, options):
    kinds = sorted(set(panel.kind.values())) if panel.kind else [0]
    kind_of = {i: panel.kind.get(i, 0) for i in panel.y}
    part_of = {i: panel.part.get(i, 0) for i in panel.y}
    at_risk = {
        (i, g) for i in panel.y for g in panel.y[i] if begins(panel, i, g, options) is not None
    }
    if options.weights:
        any_visit = fit(panel, options, lambda i, g: panel.first[i] == g)
        h = {key: any_visit(*key) for key in at_risk}
        of_kind = {}
        for v in kinds:
            chance = any_visit
            if len(kinds) > 1:
                chance = fit(
                    panel, options, lambda i, g, v=v: panel.first[i] == g and kind_of[i] == v
                )
            of_kind[v] = {key: chance(*key) for key in at_risk}

    def left(i, g, until):
        product = 1.0
        for month in range(g + 1, until + 1):
            if (i, month) in at_risk:
                product /= 1 - h[i, month]
        return min(product, 50.0)

    roles = defaultdict(lambda: ([], []))  # (kind, stratum, g, e) -> visited, comparison
    for i, g in at_risk:
        past = history_of(panel, i, g, options)
        for e in options.event_times:
            now = panel.y[i].get(g + e)
            before = panel.y[i].get(g + e - 1) if options.varying and e < 0 else past[0]
            if panel.until:
                now = panel.to_the_end[i].get(g) if g in panel.until else None
                before = 0.0
            if now is None or before is None:
                continue
            row = (i, now - before, np.array(past))
            if panel.first[i] == g:
                roles[kind_of[i], panel.stratum[i][g], g, e][0].append(row)
                continue
            last_month = panel.months - 1 if options.never else max(g, g + e)
            if panel.until:
                last_month = panel.until[g]
            if panel.first[i] is not None and panel.first[i] <= last_month:
                continue
            for v in kinds:
                w = 1.0
                if options.weights:
                    w = of_kind[v][i, g] / (1 - h[i, g])
                    if lot(i, g, 1) >= options.compared * w * 2147483647:
                        continue
                    w = max(w, 1 / options.compared)
                    if last_month > g:
                        w *= left(i, g, last_month)
                if w > 0:
                    roles[v, panel.stratum[i][g], g, e][1].append((*row, w))
    roles = {key: both for key, both in roles.items() if both[0] and both[1]}

    slopes = {}
    for v, e in {(key[0], key[3]) for key in roles}:
        size = len(next(iter(roles.values()))[0][0][2])
        spread, with_change, raw = np.zeros((size, size)), np.zeros(size), np.zeros(size)
        for key, (_, comparison) in roles.items():
            if (key[0], key[3]) != (v, e):
                continue
            weight = sum(row[3] for row in comparison)
            middle = [sum(row[3] * row[k] for row in comparison) / weight for k in (1, 2)]
            for _, change, past, w in comparison:
                x = past - middle[1]
                spread += w * np.outer(x, x)
                with_change += w * x * (change - middle[0])
                raw += w * past**2
        unit = np.where(raw > 0, np.sqrt(raw), 1.0)
        values, vectors = np.linalg.eigh(spread / np.outer(unit, unit))
        inverse = sum(
            (
                np.outer(vectors[:, k], vectors[:, k]) / values[k]
                for k in range(size)
                if values[k] > 1e-4
            ),
            np.zeros((size, size)),
        )
        found = inverse @ (with_change / unit) / unit
        slopes[v, e] = found if options.slopes else np.zeros(size)

    visited, total, squares = defaultdict(int), defaultdict(float), defaultdict(float)
    prepared = {}
    for (v, s, g, e), (treated, comparison) in roles.items():
        b = slopes[v, e]
        adjusted = [(row[0], row[1] - b @ row[2]) for row in treated]
        others = [(row[0], row[1] - b @ row[2], row[3]) for row in comparison]
        weight = sum(w for *_, w in others)
        middle = sum(w * z for _, z, w in others) / weight
        for part in {part_of[i] for i, _ in adjusted}:
            own = [(i, z) for i, z in adjusted if part_of[i] == part]
            effect = sum(z for _, z in own) / len(own) - middle
            prepared[v, s, g, e, part] = (own, others, weight, middle, effect)
            visited[s, part, e] += len(own)
            total[s, part, e] += len(own) * effect
            squares[s, part, e] += len(own) ** 2 * sum(w * w for *_, w in others) / weight**2

    terms = defaultdict(lambda: defaultdict(float))
    cells = {}
    for (v, s, g, e, part), (own, others, weight, middle, effect) in prepared.items():
        n = len(own)
        in_stratum = total[s, part, e] / visited[s, part, e]
        together = sum(visited[key] for key in visited if key[1:] == (part, e))
        in_part = sum(total[key] for key in total if key[1:] == (part, e)) / together
        variance = 0.0
        for i, z in own:
            residual, factor = z - (effect + middle), 1.0
            if options.random_shares:
                residual = z - middle - in_stratum
            elif options.small_samples:
                group = n
                if n == 1:
                    group, reference = visited[s, part, e], in_stratum
                    if group == 1:
                        group, reference = together, in_part
                    residual = z - middle - reference
                factor = sqrt(group / max(group - 1, 1))
            terms[i][s, part, e] += factor * residual
            variance += (factor * residual / n) ** 2
        for i, z, w in others:
            share = w / weight
            residual = z - middle
            if options.small_samples:
                residual /= 1 - min(share, 0.9)
            terms[i][s, part, e] -= share * n * residual
            variance += (share * residual) ** 2
        cells[v, s, g, e, part] = (effect, n, variance)
    return Answer(visited, total, terms, cells, squares)
