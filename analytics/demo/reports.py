"""Who tells of an incident, and how wrongly: the three sources' records before they are files."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
import shapely
from scipy.spatial import cKDTree

from analytics.demo.city import DemoCity
from analytics.demo.incidents import street_places
from analytics.demo.offences import OFFENCES

SOURCES = ("patrol", "camera", "institutional")
AVENUE_REACH_M = 30.0  # patrols drive along avenues and find what happens there
CAMERA_SPACING_M = 170.0
CAMERAS_PER_KM2 = 6.0
CAMERA_REACH_M = 90.0
CAMERA_PILE_SHARE = 0.65  # camera records that carry the camera's place, not the incident's
BLOCK_M = 95.0  # the institution publishes the middle of the block
FIRST_REPORT_M = 8.0  # standard deviation of a first report in space …
FIRST_REPORT_MINUTES = 4.0  # … and time

# What each source calls an offence; camera operators have a short list.
PUBLISHED: dict[str, dict[str, str]] = {
    "patrol": {
        "robbery_violence": "ASALTO A TRANSEÚNTE VP",
        "theft_person": "LANZAZO O HURTO A PERSONA",
        "theft_vehicle": "ROBO VEH. ESTACIONADO",
        "theft_from_vehicle": "ROBO ACCESORIOS VEH.",
        "burglary_dwelling": "ROBO LUGAR HABITADO",
        "burglary_business": "ROBO LOCAL COMERCIAL",
        "assault": "RIÑA CON LESIONES",
        "domestic_violence": "VIF",
        "threats": "AMENAZAS EN DOMICILIO",
        "drug_offence": "CONSUMO O VENTA DROGAS VP",
        "damage": "RAYADOS Y DAÑOS",
        "disorder": "DESORDEN O RUIDOS MOLESTOS",
    },
    "camera": {
        "robbery_violence": "Asalto en vía pública",
        "theft_person": "Hurto a peatón",
        "theft_vehicle": "Sustracción de vehículo",
        "theft_from_vehicle": "Robo desde vehículo",
        "burglary_business": "Robo a local",
        "assault": "Pelea",
        "damage": "Daño a mobiliario público",
        "drug_offence": "Drogas en vía pública",
        "disorder": "Desorden en vía pública",
    },
    "institutional": {
        "robbery_violence": "Robo con violencia o intimidación",
        "theft_person": "Robo por sorpresa",
        "theft_vehicle": "Robo de vehículo motorizado",
        "theft_from_vehicle": "Robo de objetos de o desde vehículo",
        "burglary_dwelling": "Robo en lugar habitado",
        "burglary_business": "Robo en lugar no habitado",
        "assault": "Lesiones leves",
        "domestic_violence": "Violencia intrafamiliar",
        "threats": "Amenazas simples",
        "drug_offence": "Infracción a la ley de drogas",
        "damage": "Daños simples",
        "disorder": "Desórdenes públicos",
    },
}
# The category a second reporter writes when wrong, first choice that the source knows.
MISTAKEN_FOR: dict[str, tuple[str, ...]] = {
    "robbery_violence": ("theft_person", "assault"),
    "theft_person": ("robbery_violence", "theft_from_vehicle"),
    "theft_vehicle": ("theft_from_vehicle",),
    "theft_from_vehicle": ("theft_vehicle", "damage"),
    "burglary_dwelling": ("burglary_business",),
    "burglary_business": ("burglary_dwelling", "damage"),
    "assault": ("disorder", "robbery_violence"),
    "domestic_violence": ("assault", "threats"),
    "threats": ("domestic_violence", "disorder"),
    "drug_offence": ("disorder",),
    "damage": ("disorder", "theft_from_vehicle"),
    "disorder": ("assault", "damage"),
}
# Share of patrol records that the patrol found itself.
FOUND_BY_PATROL = {
    "drug_offence": 0.92, "disorder": 0.55, "damage": 0.35, "assault": 0.40,
    "robbery_violence": 0.16, "theft_person": 0.14, "theft_from_vehicle": 0.12,
    "theft_vehicle": 0.10, "burglary_business": 0.15,
}  # fmt: skip
FOUND_BY_CAMERA = 0.88


@dataclass(frozen=True)
class ReportErrors:
    """How often an incident is reported by two sources and how wrong the second report is.

    Shares are 0–1. ``sigma_m`` (per axis) and ``sigma_minutes`` are standard deviations of the
    second report about the truth. ``without_coordinates`` applies to every second report and to
    every institutional one.
    """

    reported_twice: float = 0.30
    sigma_m: float = 60.0
    sigma_minutes: float = 40.0
    wrong_category: float = 0.10
    without_coordinates: float = 0.08


def report_incidents(
    incidents: pd.DataFrame, city: DemoCity, *, seed: int, errors: ReportErrors
) -> pd.DataFrame:
    """Let the three sources report the incidents.

    Parameters
    ----------
    incidents : DataFrame
        As :func:`analytics.demo.incidents.simulate_incidents` returns it.
    city : DemoCity
        In projected metres.
    seed : int
        Equal seeds give equal reports.
    errors : ReportErrors
        The linkage error model.

    Returns
    -------
    DataFrame
        One row per record, in order of source and reported time: source, source_record_id,
        incident_id, report (1 or 2), category (a taxonomy key as the source sees it), t, x, y
        (before the source rounds them to a camera or a block; null without coordinates), detected.
    """
    rng = np.random.default_rng([seed, 1])
    cameras = camera_places(incidents, city)
    weights = _source_weights(incidents, city, cameras)
    first = _pick(rng, weights)
    twice = np.flatnonzero(rng.random(len(incidents)) < errors.reported_twice)
    others = weights[twice].copy()
    others[np.arange(len(twice)), first[twice]] = 0
    rows = np.concatenate([np.arange(len(incidents)), twice])
    source = np.concatenate([first, _pick(rng, others)])
    report = np.repeat([1, 2], [len(incidents), len(twice)])
    told = incidents.iloc[rows][["incident_id", "category", "t", "x", "y"]].reset_index(drop=True)
    told.insert(0, "source", np.array(SOURCES)[source])
    told.insert(2, "report", report)
    _blur(rng, told, errors=errors)
    told["detected"] = _detected(rng, told)
    told = told.sort_values(["source", "t", "incident_id"], ignore_index=True)
    told.insert(1, "source_record_id", _record_ids(told))
    return told


def camera_places(incidents: pd.DataFrame, city: DemoCity) -> np.ndarray:
    """Return where cameras hang (n, 2), metres: busiest places first, never two close together."""
    places = street_places(city, step_m=45.0).xy_m
    busy = cKDTree(incidents[["x", "y"]].to_numpy()).query_ball_point(
        places, 60.0, return_length=True
    )
    wanted = round(CAMERAS_PER_KM2 * city.boundary.area / 1e6)
    chosen: list[np.ndarray] = []
    for index in np.argsort(-busy, kind="stable"):
        spot = places[index]
        if all(np.hypot(*(spot - other)) >= CAMERA_SPACING_M for other in chosen):
            chosen.append(spot)
        if len(chosen) == wanted:
            break
    return np.array(chosen)


def published_place(
    told: pd.DataFrame, *, seed: int, city: DemoCity, incidents: pd.DataFrame
) -> np.ndarray:
    """Return the place (n, 2), metres, that each record's file states.

    Patrols give what their device says, most camera records the camera's place, the institution the
    middle of the block; NaN stays NaN.
    """
    rng = np.random.default_rng([seed, 2])
    xy = told[["x", "y"]].to_numpy(dtype=float).copy()
    located = ~np.isnan(xy[:, 0])
    kinds = told["source"].to_numpy()
    piled = (kinds == "camera") & located & (rng.random(len(told)) < CAMERA_PILE_SHARE)
    blocks = (kinds == "institutional") & located
    for rows, places in (
        (piled, camera_places(incidents, city)),
        (blocks, street_places(city, step_m=BLOCK_M).xy_m),
    ):
        _, nearest = cKDTree(places).query(xy[rows])
        xy[rows] = places[nearest]
    return xy


def _source_weights(incidents: pd.DataFrame, city: DemoCity, cameras: np.ndarray) -> np.ndarray:
    """How readily each source (columns of ``SOURCES``) hears of each incident."""
    table = {key: offence.sources for key, offence in OFFENCES.items()}
    weights = np.array([table[key] for key in incidents["category"]], dtype=float)
    xy = incidents[["x", "y"]].to_numpy()
    main = city.streets[city.streets["street_class"].isin(["primary", "secondary"])]
    avenues = shapely.union_all(main.geometry.to_numpy()).buffer(AVENUE_REACH_M)
    shapely.prepare(avenues)
    patrolled = shapely.contains_xy(avenues, xy)
    to_camera, _ = cKDTree(cameras).query(xy)
    weights[:, 0] *= np.where(patrolled, 1.7, 0.9)
    weights[:, 1] *= 1.6 * np.exp(-((to_camera / CAMERA_REACH_M) ** 2) / 2)
    return weights


def _pick(rng: np.random.Generator, weights: np.ndarray) -> np.ndarray:
    """Draw one column per row in proportion to the weights."""
    cumulative = weights.cumsum(axis=1)
    at = rng.random(len(weights)) * cumulative[:, -1]
    return np.asarray((at[:, None] >= cumulative).sum(axis=1))


def _blur(rng: np.random.Generator, told: pd.DataFrame, *, errors: ReportErrors) -> None:
    """Apply the error model in place."""
    n, second = len(told), (told["report"] == 2).to_numpy()
    sigma_m = np.where(second, errors.sigma_m, FIRST_REPORT_M)
    sigma_minutes = np.where(second, errors.sigma_minutes, FIRST_REPORT_MINUTES)
    first, last = told["t"].min().normalize(), told["t"].max()
    shift = pd.to_timedelta(np.rint(rng.normal(0, sigma_minutes) * 60), unit="s")
    told["t"] = (told["t"] + shift).clip(first, last).dt.floor("min")
    lost = (second | (told["source"] == "institutional")) & (
        rng.random(n) < errors.without_coordinates
    )
    for axis in ("x", "y"):
        told[axis] = (told[axis] + rng.normal(0, sigma_m)).mask(lost)
    wrong = second & (rng.random(n) < errors.wrong_category)
    told.loc[wrong, "category"] = [
        next((other for other in MISTAKEN_FOR[key] if other in PUBLISHED[source]), key)
        for source, key in zip(told["source"][wrong], told["category"][wrong], strict=True)
    ]


def _detected(rng: np.random.Generator, told: pd.DataFrame) -> np.ndarray:
    by_patrol = told["category"].map(FOUND_BY_PATROL).fillna(0.04)
    chance = told["source"].map({"camera": FOUND_BY_CAMERA, "institutional": 0.0})
    return np.asarray(rng.random(len(told)) < chance.fillna(by_patrol))


def _record_ids(told: pd.DataFrame) -> list[str]:
    number = told.groupby("source").cumcount() + 1
    prefix = told["source"].map({"patrol": "PT-", "camera": "CAM", "institutional": "IR"})
    return [f"{p}{n:06d}" for p, n in zip(prefix, number, strict=True)]
