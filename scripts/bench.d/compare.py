"""Two binaries of Roost side by side: `scripts/bench --against`."""

from document import median, number

ROWS = ("broadcast-1000", "rooms", "echo")  # without --only
RUNS = 5


def _ratios(figure, now, before):
    """Of the medians, and the extremes of the runs by pairs."""
    pairs = [x[figure.key] / y[figure.key] for x, y in zip(now, before)
             if figure.key in x and figure.key in y and y[figure.key]]
    base = median([run[figure.key] for run in before])
    if not base or not pairs:
        return "-"
    ratio = median([run[figure.key] for run in now]) / base
    return f"{ratio:.3f} ({min(pairs):.3f} - {max(pairs):.3f})"


def table(rows, results):
    """Lines with the medians of both, and what is now over what was before."""
    lines = [("row", "figure", "before", "now", "now / before (by runs)")]
    notes = []
    for row in rows:
        found = results["rows"].get(row.name, {"servers": {}})["servers"]
        now, before = (found.get(name, {"runs": []})["runs"]
                       for name in ("roost", "roost-before"))
        notes += [f"{row.name}, {name}: {x['why']}" for name, x in found.items() if x["why"]]
        if not now or not before:
            continue
        for figure in row.figures:
            if figure.better == "none" or not all(figure.key in run for run in now + before):
                continue
            medians = [number(median([run[figure.key] for run in runs]), figure)
                       for runs in (before, now)]
            lines.append((row.name, f"{figure.title}, {figure.unit}", *medians,
                          _ratios(figure, now, before)))
    widths = [max(len(line[i]) for line in lines) for i in range(5)]
    out = ["  ".join(text.ljust(width) if i < 2 or i == 4 else text.rjust(width)
                     for i, (text, width) in enumerate(zip(line, widths))).rstrip()
           for line in lines]
    return "\n".join(out + notes)
