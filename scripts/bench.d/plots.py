"""Bar charts as SVG, written by hand so that nothing must be installed."""

from xml.sax.saxutils import escape

BAR = 22
GAP = 10
LEFT = 190
RIGHT = 130
WIDTH = 760
OURS = "#2f6f4f"
THEIRS = "#9aa5b1"


def short(value, digits):
    """1,234,567 as text that fits beside a bar."""
    if value >= 1e6:
        return f"{value / 1e6:.2f} M"
    if value >= 10_000:
        return f"{value / 1e3:.0f} k"
    return f"{value:,.{digits}f}"


def bars(title, unit, rows, digits):
    """`rows`: (name, value, lowest, highest, is_ours); the bar is the value, the
    line across its end goes from lowest to highest."""
    height = 46 + len(rows) * (BAR + GAP)
    top = max((row[3] for row in rows), default=0) or 1
    scale = (WIDTH - LEFT - RIGHT) / top
    out = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" '
        'font-family="sans-serif" font-size="13">',
        f'<rect width="{WIDTH}" height="{height}" fill="#fff"/>',
        f'<text x="12" y="24" font-weight="bold">{escape(title)}</text>',
    ]
    for i, (name, value, lowest, highest, ours) in enumerate(rows):
        y = 40 + i * (BAR + GAP)
        middle = y + BAR / 2
        end = LEFT + value * scale
        out += [
            f'<text x="{LEFT - 8}" y="{middle + 4}" text-anchor="end">{escape(name)}</text>',
            f'<rect x="{LEFT}" y="{y}" width="{max(value * scale, 1):.1f}" height="{BAR}" '
            f'fill="{OURS if ours else THEIRS}"/>',
            f'<line x1="{LEFT + lowest * scale:.1f}" x2="{LEFT + highest * scale:.1f}" '
            f'y1="{middle}" y2="{middle}" stroke="#000"/>',
            f'<text x="{max(end, LEFT + highest * scale) + 8:.1f}" y="{middle + 4}">'
            f'{short(value, digits)} {escape(unit)}</text>',
        ]
    return "\n".join(out + ["</svg>", ""])
