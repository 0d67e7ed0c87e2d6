"""Draws the pictures of «MẬT» that scans are compared with (``pipeline/engines/mark_letters``).

python -m bench.letters
"""

from __future__ import annotations

from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

_FONTS = Path("/usr/share/fonts/truetype")
_OUT = Path(__file__).resolve().parent.parent / "pipeline" / "engines" / "mark_letters"
#: Each face at the size whose letters are as tall as those of the first at 96.
_FACES = {
    "serif": ("liberation2/LiberationSerif-Bold.ttf", 96),
    "sans": ("liberation2/LiberationSans-Bold.ttf", 92),
    "slab": ("dejavu/DejaVuSerif-Bold.ttf", 87),
    "thin": ("liberation2/LiberationSerif-Regular.ttf", 96),
}
_WORDS = {"mat": "MẬT", "tran": "TRẬN"}
#: Of the height of letters without accents, left white on every side.
_MARGIN = 12


def main() -> None:
    for face, (file, size) in _FACES.items():
        font = ImageFont.truetype(_FONTS / file, size)
        # one height for both words, so that they lie alike
        _, top, _, bottom = font.getbbox("ẬẶ")
        for name, words in _WORDS.items():
            left, _, right, _ = font.getbbox(words)
            size_px = (right - left + 2 * _MARGIN, bottom - top + 2 * _MARGIN)
            picture = Image.new("L", size_px, 0)
            at = (_MARGIN - left, _MARGIN - top)
            ImageDraw.Draw(picture).text(at, words, font=font, fill=255)
            picture.save(_OUT / f"{name}-{face}.png", optimize=True)


if __name__ == "__main__":
    main()
