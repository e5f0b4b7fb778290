"""The density of recorded events as a scikit-learn estimator."""

from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import ndimage
from scipy.special import gamma, logsumexp
from sklearn.base import BaseEstimator, DensityMixin
from sklearn.metrics import pairwise_distances_chunked
from sklearn.neighbors import KernelDensity
from sklearn.utils.validation import _check_sample_weight, check_is_fitted, validate_data

from analytics.errors import FilterError
from analytics.events.cubes import Moments, linear_binned
from analytics.hotspots.kernels import Kernel, make_kernel, smooth

FloatArray = NDArray[np.float64]
METHODS = ("binned", "exact")
MAX_NODES = 32_000_000  # of the lattice; a larger one is not built, sums are exact instead
# Nodes per bandwidth and order of the spline between them: errors under 0.5 % where the density
# is at least 1 % of its peak. The quartic's edge bears no spline that overshoots.
RESOLUTION = {"gaussian": (8, 3), "quartic": (80, 1)}
# Below this share of the peak the lattice knows too little and single events are summed.
TAIL_SHARE = 1e-10


class HotspotDensity(DensityMixin, BaseEstimator):  # type: ignore[misc]
    """Kernel density of places in metres, quick by linear binning or exact.

    Parameters
    ----------
    bandwidth_m : float, default=400
        σ of the Gaussian or radius of the quartic, 50 to 5,000 m.
    kernel : {"gaussian", "quartic"}, default="gaussian"
        Shape of the kernel.
    method : {"binned", "exact"}, default="binned"
        ``binned`` smooths a lattice of h/8 (quartic: H/80) and interpolates: within 0.5 % where the
        density is at least 1 % of its peak. ``exact`` sums over the events, the Gaussian by
        :class:`sklearn.neighbors.KernelDensity`. Data with other than two columns, and data
        spread so widely that the lattice would exceed 32 million nodes, are summed exactly.

    Attributes
    ----------
    events_ : ndarray of shape (n_samples, n_features)
        Places seen in ``fit``.
    weights_ : ndarray of shape (n_samples,)
        Their weights, summing to one.
    lattice_ : ndarray of shape (n_rows, n_cols) or None
        Spline coefficients of the density per m² on nodes ``cell_m_`` apart; None if exact.
    n_features_in_ : int
        Number of columns seen in ``fit``.

    Notes
    -----
    Far from every event the Gaussian's log density stays finite (single events are summed there);
    the quartic's is −inf beyond its radius, as for every finite kernel.
    """

    def __init__(
        self, bandwidth_m: float = 400.0, kernel: str = "gaussian", method: str = "binned"
    ) -> None:
        self.bandwidth_m = bandwidth_m
        self.kernel = kernel
        self.method = method

    def fit(self, X: ArrayLike, y: object = None, sample_weight: ArrayLike | None = None) -> Self:  # noqa: N803
        """Learn the density.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Projected coordinates in metres.
        y : None
            Ignored.
        sample_weight : array-like of shape (n_samples,), optional
            Weight of each place; not negative.

        Raises
        ------
        FilterError
            If the bandwidth is out of range, or the kernel or the method unknown.
        """
        kernel = make_kernel(self.kernel, self.bandwidth_m)
        if self.method not in METHODS:
            raise FilterError("filter.method", value=self.method, known=", ".join(METHODS))
        events = validate_data(self, X, dtype=np.float64)
        weights = _check_sample_weight(
            sample_weight, events, dtype=np.float64, ensure_non_negative=True
        )
        if not weights.sum() > 0:
            raise ValueError("sample_weight must not be zero for every sample")
        self.events_, self.weights_ = events, weights / weights.sum()
        self.lattice_: FloatArray | None = None
        if self.method == "binned" and events.shape[1] == 2:
            self._fit_lattice(kernel)
        if self.lattice_ is None and self.kernel == "gaussian":
            self._exact = KernelDensity(bandwidth=kernel.bandwidth_m).fit(
                events, sample_weight=weights
            )
        return self

    def score_samples(self, X: ArrayLike) -> FloatArray:  # noqa: N803
        """Return the log density at places.

        Parameters
        ----------
        X : array-like of shape (n_queries, n_features)
            Projected coordinates in metres.

        Returns
        -------
        ndarray of shape (n_queries,)
            Logarithm of the density per m² (of mass one).
        """
        check_is_fitted(self)
        places = validate_data(self, X, dtype=np.float64, reset=False)
        kernel = make_kernel(self.kernel, self.bandwidth_m)
        if self.lattice_ is not None:
            return self._interpolated(places, kernel)
        if self.kernel == "gaussian":
            return np.asarray(self._exact.score_samples(places))
        return self._summed(places, kernel)

    def score(self, X: ArrayLike, y: object = None) -> float:  # noqa: N803
        """Return the total log-likelihood of places, for model selection."""
        return float(self.score_samples(X).sum())

    def _fit_lattice(self, kernel: Kernel) -> None:
        per_bandwidth, order = RESOLUTION[kernel.name]
        self.cell_m_ = kernel.bandwidth_m / per_bandwidth
        scaled = self.events_ / self.cell_m_
        cells = np.floor(scaled)
        margin = np.ceil(kernel.reach_m / self.cell_m_) + order
        origin, size = cells.min(axis=0) - margin, np.ptp(cells, axis=0) + 2 * margin + 1
        if size.prod() > MAX_NODES:
            return
        self.origin_ = origin.astype(np.int64)
        a, b = (scaled - cells).T
        w = self.weights_
        col, row = cells.astype(np.int64).T
        moments = Moments(self.cell_m_, col, row, w, w * a, w * b, w * a * b)
        (col0, row0), (n_cols, n_rows) = self.origin_.tolist(), size.astype(int).tolist()
        nodes = linear_binned(moments, col0=col0, row0=row0, n_cols=n_cols, n_rows=n_rows)
        density = smooth(nodes, kernel.for_linear_binning(self.cell_m_), self.cell_m_)
        self.peak_ = float(density.max())
        self.lattice_ = ndimage.spline_filter(density, order) if order > 1 else density

    def _interpolated(self, places: FloatArray, kernel: Kernel) -> FloatArray:
        order = RESOLUTION[kernel.name][1]
        rows_cols = (places / self.cell_m_ - self.origin_).T[::-1]
        density = ndimage.map_coordinates(self.lattice_, rows_cols, order=order, prefilter=False)
        tail = density <= TAIL_SHARE * self.peak_
        log_density = np.full(len(places), -np.inf)
        log_density[~tail] = np.log(density[~tail])
        if kernel.name == "gaussian" and tail.any():
            log_density[tail] = self._summed(places[tail], kernel)
        return log_density

    def _summed(self, places: FloatArray, kernel: Kernel) -> FloatArray:
        """Sum over all events in logarithms, in blocks of bounded memory."""
        dimensions = self.events_.shape[1]
        scale_m = kernel.bandwidth_m

        def gaussian(squared: FloatArray, _start: int) -> Any:
            norm = dimensions / 2 * np.log(2 * np.pi * scale_m**2)
            return logsumexp(squared / (-2 * scale_m**2), b=self.weights_, axis=1) - norm

        def quartic(squared: FloatArray, _start: int) -> Any:
            ball = np.pi ** (dimensions / 2) / gamma(dimensions / 2 + 1) * scale_m**dimensions
            norm = (dimensions + 2) * (dimensions + 4) / (8 * ball)
            shape = np.maximum(1 - squared / scale_m**2, 0) ** 2
            with np.errstate(divide="ignore"):
                return np.log(norm * (shape @ self.weights_))

        reduce = gaussian if kernel.name == "gaussian" else quartic
        blocks = pairwise_distances_chunked(
            places, self.events_, reduce_func=reduce, metric="sqeuclidean"
        )
        return np.concatenate(list(blocks))
