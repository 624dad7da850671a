"""Colours between two colours, mixed as the eye sees them (OKLCh), and the contrast of two."""

import math

_TO_LMS = (
    (0.4122214708, 0.5363325363, 0.0514459929),
    (0.2119034982, 0.6806995451, 0.1073969566),
    (0.0883024619, 0.2817188376, 0.6299787005),
)
_TO_LAB = (
    (0.2104542553, 0.7936177850, -0.0040720468),
    (1.9779984951, -2.4285922050, 0.4505937099),
    (0.0259040371, 0.7827717662, -0.8086757660),
)
_FROM_LAB = (
    (1.0, 0.3963377774, 0.2158037573),
    (1.0, -0.1055613458, -0.0638541728),
    (1.0, -0.0894841775, -1.2914855480),
)
_FROM_LMS = (
    (4.0767416621, -3.3077115913, 0.2309699292),
    (-1.2684380046, 2.6097574011, -0.3413193965),
    (-0.0041960863, -0.7034186147, 1.7076147010),
)

Triple = tuple[float, float, float]


def between(start: str, end: str, part: float) -> str:
    """The colour that lies this part of the way from one #rrggbb to another, around the nearer side of the hues."""
    (l1, c1, h1), (l2, c2, h2) = _lch(start), _lch(end)
    turn = (h2 - h1 + math.pi) % (2 * math.pi) - math.pi
    light, chroma, hue = l1 + part * (l2 - l1), c1 + part * (c2 - c1), h1 + part * turn
    lms = _times(_FROM_LAB, (light, chroma * math.cos(hue), chroma * math.sin(hue)))
    return _hex(_times(_FROM_LMS, (lms[0] ** 3, lms[1] ** 3, lms[2] ** 3)))


def contrast(one: str, other: str) -> float:
    """The contrast ratio of WCAG, 1 to 21."""
    darker, lighter = sorted(map(_luminance, (one, other)))
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    red, green, blue = _linear(colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _lch(colour: str) -> Triple:
    lms = _times(_TO_LMS, _linear(colour))
    light, a, b = _times(_TO_LAB, (math.cbrt(lms[0]), math.cbrt(lms[1]), math.cbrt(lms[2])))
    return light, math.hypot(a, b), math.atan2(b, a)


def _times(matrix: tuple[Triple, Triple, Triple], vector: Triple) -> Triple:
    x, y, z = (sum(a * b for a, b in zip(row, vector, strict=True)) for row in matrix)
    return x, y, z


def _linear(colour: str) -> Triple:
    red, green, blue = (_uncurved(int(colour[i : i + 2], 16) / 255) for i in (1, 3, 5))
    return red, green, blue


def _uncurved(value: float) -> float:
    return value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4


def _hex(linear: Triple) -> str:
    curved = (
        v * 12.92 if v <= 0.0031308 else 1.055 * v ** (1 / 2.4) - 0.055 for v in (max(v, 0.0) for v in linear)
    )
    return "#" + "".join(f"{round(255 * min(value, 1.0)):02x}" for value in curved)
