"""Cabildo's analysis: values in, values out; no Streamlit outside ``loaders``.

The names below are the public functions; each is imported when first asked for, so that a command
or a page loads only what it uses. ``loaders`` is not among them: it belongs to the pages.
"""

from importlib import import_module
from typing import Any

_HOME_OF = {
    "Filters": "events.filters",
    "EventEngine": "events.engine",
    "publish": "events.publishing",
    "import_file": "sources.importing",
    "read_mapping": "sources.mappings",
    "study_grid": "hotspots.grids",
    "HotspotDensity": "hotspots.estimator",
    "density_per_km2": "hotspots.density",
    "gi_star": "hotspots.significance",
    "top_share": "hotspots.concentration",
    "Method": "hotspots.surface",
    "hotspot_surface": "hotspots.surface",
    "hour_by_weekday": "hotspots.temporal",
    "Holdout": "hotspots.validity",
    "validate": "hotspots.validity",
    "read_areas": "hotspots.area_layer",
    "area_counts": "hotspots.areas",
    "write_cells": "exports.cells",
    "build_demo": "demo.build",
    "load_settings": "settings",
    "authorise": "access",
}
__all__ = sorted(_HOME_OF)


def __getattr__(name: str) -> Any:
    """Import a public name from the module that defines it (PEP 562)."""
    if name not in _HOME_OF:
        raise AttributeError(f"module 'analytics' has no attribute {name!r}")
    return getattr(import_module(f"analytics.{_HOME_OF[name]}"), name)
