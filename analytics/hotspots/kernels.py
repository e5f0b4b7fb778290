"""The two kernels of a density map, and how binned events are smoothed with them.

Gaussian: K(d) = exp(−d²/2h²) / (2πh²), the bandwidth h is σ. Quartic: K(d) = 3/(πH²)·(1 − d²/H²)²
inside its radius H, the bandwidth (Silverman 1986, eq. 4.5).
"""

import math
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy import fft

from analytics.errors import FilterError
from analytics.settings import BANDWIDTH_RANGE_M

FloatArray = NDArray[np.float64]
KERNELS = ("gaussian", "quartic")
# Where the Gaussian is cut: its tail beyond 8 σ is 1e-14 of its peak, below rounding.
REACH_SIGMAS = 8.0
# Binning cells per bandwidth: errors of 0.2–0.4 % where density is at least 1 % of its peak.
CELLS_PER_BANDWIDTH = {"gaussian": 8, "quartic": 20}
# Below this share of the peak a transform returns its own rounding.
ROUNDING_SHARE = 1e-12


@dataclass(frozen=True)
class Kernel:
    """A radial kernel of mass one on the plane; made by :func:`make_kernel`."""

    name: str
    bandwidth_m: float

    @property
    def reach_m(self) -> float:
        """Distance beyond which the kernel is taken as zero."""
        return self.bandwidth_m * (REACH_SIGMAS if self.name == "gaussian" else 1.0)

    @property
    def finest_needed_m(self) -> float:
        """Largest binning cell that keeps the error class of the design."""
        return self.bandwidth_m / CELLS_PER_BANDWIDTH[self.name]

    @property
    def effective_area_m2(self) -> float:
        """Area of the disc over which the kernel averages, 1/∫K²: 4πh², or 5πH²/9."""
        return np.pi * self.bandwidth_m**2 * (4 if self.name == "gaussian" else 5 / 9)

    def per_m2(self, squared_m2: FloatArray) -> FloatArray:
        """Evaluate the kernel at squared distances, in 1/m²."""
        h2 = self.bandwidth_m**2
        if self.name == "gaussian":
            return np.exp(squared_m2 / (-2 * h2)) / (2 * np.pi * h2)
        return 3 / (np.pi * h2) * np.maximum(1 - squared_m2 / h2, 0) ** 2

    def along_axis(self, offset_m: FloatArray) -> FloatArray:
        """Evaluate the Gaussian's factor along one axis, in 1/m."""
        return self.per_m2(offset_m**2) * (math.sqrt(2 * np.pi) * self.bandwidth_m)

    def for_linear_binning(self, cell_m: float) -> "Kernel":
        """Return the kernel that, after linear binning, smooths like this one.

        Spreading an event over the corners of its cell adds a variance of c²/6 per axis; the
        Gaussian gives it back. The quartic's error comes from its edge, so it stays.
        """
        if self.name != "gaussian":
            return self
        return replace(self, bandwidth_m=math.sqrt(self.bandwidth_m**2 - cell_m**2 / 6))


def make_kernel(name: str, bandwidth_m: float) -> Kernel:
    """Check a kernel's name and bandwidth.

    Raises
    ------
    FilterError
        If the kernel is unknown, or the bandwidth is no number from 50 to 5,000 m.
    """
    if name not in KERNELS:
        raise FilterError("filter.kernel", value=name, known=", ".join(KERNELS))
    low, high = BANDWIDTH_RANGE_M
    if not low <= bandwidth_m <= high:
        raise FilterError("filter.bandwidth", value=bandwidth_m, low=low, high=high)
    return Kernel(name, float(bandwidth_m))


def smooth(nodes: FloatArray, kernel: Kernel, cell_m: float, shift: float = 0.0) -> FloatArray:
    """Convolve weights on a lattice with a kernel, by FFT.

    Parameters
    ----------
    nodes : ndarray of shape (n_rows, n_cols)
        Weight on each node; nodes lie ``cell_m`` apart.
    kernel : Kernel
        Already corrected for linear binning.
    cell_m : float
        Distance of the nodes in metres.
    shift : float
        How far north-east of each node the result is wanted, in cells: 0 or ½.

    Returns
    -------
    ndarray of shape (n_rows, n_cols)
        Events per m², up to rounding (see :func:`without_rounding`). Values nearer to an edge than
        the kernel's reach lack what lies beyond the lattice and may hold what lies at its other
        side.
    """
    shape = tuple(fft.next_fast_len(n, real=True) for n in nodes.shape)
    dy, dx = (_offsets(n, shift) * cell_m for n in shape)
    if kernel.name == "gaussian":
        gy, gx = (_cut(kernel.along_axis(d), d, kernel.reach_m) for d in (dy, dx))
        spectrum = np.outer(fft.fft(gy), fft.rfft(gx))
    else:
        spectrum = fft.rfft2(kernel.per_m2(dy[:, None] ** 2 + dx**2))
    spectrum *= fft.rfft2(nodes, shape)
    smoothed: FloatArray = fft.irfft2(spectrum, shape, overwrite_x=True)
    return smoothed[: nodes.shape[0], : nodes.shape[1]]


def without_rounding(density: FloatArray) -> FloatArray:
    """Set what is only rounding of larger values to zero."""
    floor = ROUNDING_SHARE * float(density.max(initial=0.0))
    return np.where(density > floor, density, 0.0)


def _offsets(n: int, shift: float) -> FloatArray:
    """Signed distance of each place of a circular array from its start, in cells."""
    offsets: FloatArray = ((np.arange(n) + n // 2) % n - n // 2).astype(float) + shift
    return offsets


def _cut(values: FloatArray, offset_m: FloatArray, reach_m: float) -> FloatArray:
    return np.where(np.abs(offset_m) <= reach_m, values, 0.0)
