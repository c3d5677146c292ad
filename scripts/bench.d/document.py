"""Writes docs/benchmarks.md and its plots from the results."""

import statistics

import plots


def median(values):
    return statistics.median(values)


def number(value, figure):
    return f"{value:,.{figure.digits}f}"


def cell(runs, figure):
    """The median, and the runs behind it."""
    values = [run[figure.key] for run in runs if figure.key in run]
    if not values:
        return "-"
    text = f"**{number(median(values), figure)}**"
    if len(values) > 1:
        text += " (" + ", ".join(number(x, figure) for x in values) + ")"
    return text


def _table(row, servers, found):
    names = [", ".join(filter(None, (figure.title, figure.unit))) for figure in row.figures]
    out = ["| | " + " | ".join(names) + " |", "|---|" + "---|" * len(names)]
    notes = []
    for server in servers:
        entry = found.get(server.name)
        if entry is None:
            continue
        if not entry["runs"]:
            notes.append(f"{server.title}: not measured: {entry['why']}")
            continue
        cells = [cell(entry["runs"], figure) for figure in row.figures]
        out.append(f"| {server.title} | " + " | ".join(cells) + " |")
        if entry["why"]:
            notes.append(f"{server.title}: a run failed: {entry['why']}")
    return out + [""] + [f"- {note}" for note in notes]


def _plot(row, figure, servers, found):
    rows = []
    for server in servers:
        runs = found.get(server.name, {"runs": []})["runs"]
        values = [run[figure.key] for run in runs if figure.key in run]
        if values:
            rows.append((server.title, median(values), min(values), max(values),
                         server.name.startswith("roost")))
    if len(rows) < 2:
        return None
    rows.sort(key=lambda x: x[1], reverse=figure.better == "higher")
    return plots.bars(f"{row.title} ({figure.title})", figure.unit, rows, figure.digits)


def write(output, title, intro, rows, servers, results):
    """`output`: the Markdown file; plots go to a folder of its name beside it."""
    folder = output.with_suffix("")
    folder.mkdir(parents=True, exist_ok=True)
    text = [f"# {title}", "", *intro, ""]
    for row in rows:
        found = results["rows"].get(row.name)
        if not found:
            continue
        text += [f"## {row.title}", ""]
        figure = row.figures[0]
        image = _plot(row, figure, servers, found["servers"])
        if image:
            file = folder / f"{row.name}.svg"
            file.write_text(image)
            text += [f"![{row.title}]({folder.name}/{file.name})", ""]
        text += _table(row, servers, found["servers"])
        text += ["", f"What it does not say: {row.says_not}", "", "```sh",
                 *(found["commands"] or [f"scripts/bench --only {row.name}"]), "```", ""]
    while text[-1] == "":
        text.pop()
    output.write_text("\n".join(text) + "\n")
