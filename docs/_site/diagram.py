"""Draws docs/assets/architecture.svg, the data flow on one page: `python docs/_site/diagram.py`."""

from pathlib import Path

OUT = Path(__file__).resolve().parents[1] / "assets" / "architecture.svg"
PLAIN, FILES, MODELS, METHODS = "#ffffff", "#e6eef7", "#fdf3dc", "#eaf3ea"
HEAD = """<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1090 540" font-size="15" fill="#222"
font-family="system-ui, sans-serif">
<style>.small {font-size: 12px; fill: #555}</style>
<defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto">
<path d="M0 0 L8 4 L0 8 z" fill="#555"/></marker></defs>
<rect width="1090" height="540" fill="#fafaf7"/>"""

# x, y, width, height, title, words below it, colour
BOXES = (
    (20, 60, 130, 52, "photo", "file, array", PLAIN),
    (20, 200, 130, 52, "style picture", "one or several", PLAIN),
    (190, 130, 120, 52, "images.read", "upright, sRGB", FILES),
    (350, 130, 120, 52, "encoder", "feature maps", FILES),
    (520, 60, 150, 52, "content model", "represents the photo", MODELS),
    (520, 200, 150, 52, "texture model", "represents the style", MODELS),
    (720, 130, 160, 52, "objective", "content + style + TV", MODELS),
    (520, 312, 170, 60, "online", "pixels are the unknowns", METHODS),
    (720, 312, 170, 60, "training", "a network's weights are", METHODS),
    (720, 420, 170, 52, "offline networks", "exported once, as ONNX", METHODS),
    (500, 420, 180, 52, "runtime: --fast", "one pass, no PyTorch", METHODS),
    (940, 326, 130, 52, "colour, masks", "over the painting", FILES),
    (940, 420, 130, 52, "images.write", "with all settings", FILES),
)
ARROWS = (
    "M150 86 C 175 90 175 140 188 148",
    "M150 226 C 175 222 175 172 188 164",
    "M310 156 H 348",
    "M470 148 C 495 140 495 92 518 88",
    "M470 164 C 495 172 495 220 518 226",
    "M670 86 C 700 90 700 136 718 146",
    "M670 226 C 700 222 700 178 718 168",
    "M770 184 C 760 250 640 250 620 310",
    "M810 184 L 808 310",
    "M805 372 V 418",
    "M720 446 H 684",
    "M640 372 C 650 404 880 404 936 362",
    "M640 420 C 660 398 880 402 936 368",
    "M1005 378 V 418",
)
DASHED = (
    "M520 342 C 440 342 408 300 408 186",
    "M85 254 C 85 470 300 456 498 452",
    "M60 112 C 6 112 6 112 6 180 V 440 Q 6 500 60 500 H 560 Q 590 500 590 476",
)
WORDS = ((672, 256, "minimise"), (378, 300, "each step"), (290, 474, "style embedding, once a style"), (290, 517, "photo"))


def svg() -> str:
    """The drawing."""
    parts = [HEAD]
    for x, y, width, height, title, below, colour in BOXES:
        middle = x + width / 2
        place = f'x="{x}" y="{y}" width="{width}" height="{height}"'
        parts.append(f'<rect {place} rx="8" fill="{colour}" stroke="#23466b" stroke-width="1.6"/>')
        parts.append(f'<text x="{middle:g}" y="{y + 24}" text-anchor="middle" font-weight="600">{title}</text>')
        parts.append(f'<text x="{middle:g}" y="{y + 41}" text-anchor="middle" class="small">{below}</text>')
    for path in (*ARROWS, *DASHED):
        dashes = ' stroke-dasharray="5 4"' if path in DASHED else ""
        parts.append(f'<path d="{path}" fill="none" stroke="#555" stroke-width="1.6" marker-end="url(#tip)"{dashes}/>')
    parts += [f'<text x="{x}" y="{y}" text-anchor="middle" class="small">{words}</text>' for x, y, words in WORDS]
    return "\n".join([*parts, "</svg>\n"])


if __name__ == "__main__":
    OUT.write_text(svg(), encoding="utf-8")
