"""From latitude and longitude to the British National Grid, for the middle of a district.

With the seven-parameter shift between the datums this is right to some five metres, and the middle
of a district is given to the nearest kilometre. Plain Python floats, rounded to whole metres, so
that every machine has the same numbers.

Source  Ordnance Survey, A guide to coordinate systems in Great Britain, annexes B and C.
"""

from __future__ import annotations

from math import atan2, cos, hypot, radians, sin, sqrt, tan

_AIRY = (6_377_563.396, 6_356_256.909)
_WGS84 = (6_378_137.0, 6_356_752.314_245)
_SCALE = 0.999_601_271_7
_ORIGIN = (radians(49), radians(-2))
_FALSE = (400_000.0, -100_000.0)


def grid(latitude: float, longitude: float) -> tuple[int, int]:
    """Easting and northing in metres of a point given in degrees (WGS84)."""
    easting, northing = projected(*_shifted(radians(latitude), radians(longitude)))
    return round(easting), round(northing)


def convergence(latitude: float, longitude: float) -> tuple[float, float]:
    """Cosine and sine of the angle there from the grid's north to true north, clockwise."""
    angle = (_ORIGIN[1] - radians(longitude)) * sin(radians(latitude))
    return round(cos(angle), 9), round(sin(angle), 9)


def _eccentricity(axes: tuple[float, float]) -> float:
    a, b = axes
    return 1 - b * b / (a * a)


def _shifted(phi: float, lam: float) -> tuple[float, float]:
    """The same point on the Airy ellipsoid of OSGB36, in radians."""
    squared = _eccentricity(_WGS84)
    nu = _WGS84[0] / sqrt(1 - squared * sin(phi) ** 2)
    x, y, z = nu * cos(phi) * cos(lam), nu * cos(phi) * sin(lam), (1 - squared) * nu * sin(phi)
    scale = 1 + 20.4894e-6
    rx, ry, rz = (radians(seconds / 3600) for seconds in (-0.1502, -0.2470, -0.8421))
    x, y, z = (
        -446.448 + scale * x - rz * y + ry * z,
        125.157 + rz * x + scale * y - rx * z,
        -542.060 - ry * x + rx * y + scale * z,
    )
    squared, flat = _eccentricity(_AIRY), hypot(x, y)
    phi = atan2(z, flat * (1 - squared))
    for _ in range(8):
        nu = _AIRY[0] / sqrt(1 - squared * sin(phi) ** 2)
        phi = atan2(z + squared * nu * sin(phi), flat)
    return phi, atan2(y, x)


def projected(phi: float, lam: float) -> tuple[float, float]:
    """Easting and northing of a point on the Airy ellipsoid, by the transverse Mercator series."""
    a = _AIRY[0] * _SCALE
    squared = _eccentricity(_AIRY)
    bend = 1 - squared * sin(phi) ** 2
    nu, rho = a / sqrt(bend), a * (1 - squared) * bend**-1.5
    eta, t, c, p = nu / rho - 1, tan(phi) ** 2, cos(phi), lam - _ORIGIN[1]
    northing = (
        _FALSE[1]
        + _meridian(phi)
        + p**2 * nu / 2 * sin(phi) * c
        + p**4 * nu / 24 * sin(phi) * c**3 * (5 - t + 9 * eta)
        + p**6 * nu / 720 * sin(phi) * c**5 * (61 - 58 * t + t * t)
    )
    easting = (
        _FALSE[0]
        + p * nu * c
        + p**3 * nu / 6 * c**3 * (nu / rho - t)
        + p**5 * nu / 120 * c**5 * (5 - 18 * t + t * t + 14 * eta - 58 * t * eta)
    )
    return easting, northing


def _meridian(phi: float) -> float:
    """The length of the meridian from the true origin."""
    a, b = _AIRY
    n = (a - b) / (a + b)
    less, more = phi - _ORIGIN[0], phi + _ORIGIN[0]
    return (
        b
        * _SCALE
        * (
            (1 + n + 5 / 4 * n**2 + 5 / 4 * n**3) * less
            - (3 * n + 3 * n**2 + 21 / 8 * n**3) * sin(less) * cos(more)
            + (15 / 8 * n**2 + 15 / 8 * n**3) * sin(2 * less) * cos(2 * more)
            - 35 / 24 * n**3 * sin(3 * less) * cos(3 * more)
        )
    )
