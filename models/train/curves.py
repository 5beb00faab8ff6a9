"""Draws a run's history as one SVG: the loss, and the accuracy on the validation split, over the minutes."""

WIDTH, HEIGHT, LEFT, TOP, BOTTOM = 720, 360, 50, 20, 40
LINES = [
    ("top1", "#2563eb", "top-1"),
    ("top3", "#60a5fa", "top-3"),
    ("raw", "#16a34a", "raw, top-1"),
    ("0.5", "#ea580c", "half the ink, top-1"),
]


def draw(history: list[dict]) -> str:
    """`history` is the log of train.py, one entry per epoch. Returns the text of an SVG file."""
    minutes = max(entry["minutes"] for entry in history) or 1.0
    most = max(entry["loss"] for entry in history)

    def line(points: list[tuple[float, float]], colour: str) -> str:
        dots = " ".join(
            f"{LEFT + (WIDTH - 2 * LEFT) * x / minutes:.1f},{TOP + (HEIGHT - TOP - BOTTOM) * (1 - y):.1f}"
            for x, y in points
        )
        return f'<polyline fill="none" stroke="{colour}" stroke-width="2" points="{dots}"/>'

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif" font-size="12">',
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="white"/>',
    ]
    for tick in range(0, 101, 20):
        y = TOP + (HEIGHT - TOP - BOTTOM) * (1 - tick / 100)
        parts.append(f'<path d="M{LEFT} {y:.1f}H{WIDTH - LEFT}" stroke="#e5e7eb"/>')
        parts.append(f'<text x="{LEFT - 8}" y="{y + 4:.1f}" text-anchor="end">{tick} %</text>')
        parts.append(f'<text x="{WIDTH - LEFT + 8}" y="{y + 4:.1f}" fill="#6b7280">{most * tick / 100:.1f}</text>')
    for tick in range(5):
        x = LEFT + (WIDTH - 2 * LEFT) * tick / 4
        parts.append(
            f'<text x="{x:.1f}" y="{HEIGHT - BOTTOM + 16}" text-anchor="middle">{minutes * tick / 4:.0f} min</text>'
        )
    parts.append(line([(e["minutes"], e["loss"] / most) for e in history], "#9ca3af"))
    x = LEFT
    for key, colour, name in LINES:
        points = [(e["minutes"], e[key] / 100) for e in history if key in e]
        if not points:
            continue
        parts.append(line(points, colour))
        parts.append(f'<text x="{x}" y="{HEIGHT - 8}" fill="{colour}">{name}</text>')
        x += 130
    parts.append(f'<text x="{x}" y="{HEIGHT - 8}" fill="#6b7280">loss (right)</text></svg>')
    return "\n".join(parts) + "\n"
