"""What happens in Puerto Quimera, where and when: the invented truth behind its incidents.

Only literals. Keys of categories are those of the taxonomy (``data/reference/taxonomy.csv``).
Coordinates are plan metres (see ``demo_plan``).
"""

from dataclasses import dataclass, field

from analytics.demo.plan import Points

WEEKDAYS, FRIDAY, SATURDAY, SUNDAY = (0, 1, 2, 3), (4,), (5,), (6,)
WORKDAYS, WEEKEND, ALL_DAYS = (0, 1, 2, 3, 4), (5, 6), (0, 1, 2, 3, 4, 5, 6)

# Bumps over the week: (days, peak hour, spread in hours, weight). Hours above 24 fall on the next
# day. Each rhythm also has a flat floor.
Bump = tuple[tuple[int, ...], float, float, float]
RHYTHMS: dict[str, tuple[Bump, ...]] = {
    "evening": (
        (WORKDAYS, 19.5, 2.2, 1.0), (WORKDAYS, 13.0, 2.0, 0.35), (FRIDAY, 22.5, 1.8, 0.9),
        (SATURDAY, 21.0, 3.0, 1.0), (SATURDAY, 26.0, 1.6, 0.7), (SUNDAY, 19.5, 2.5, 0.6)),
    "shopping": (
        (WORKDAYS, 13.2, 2.0, 1.0), (WORKDAYS, 18.6, 1.7, 1.3), (SATURDAY, 13.5, 3.0, 1.4),
        (SUNDAY, 16.0, 3.0, 0.6)),
    "bars": (
        (WEEKDAYS, 23.0, 2.0, 0.30), (FRIDAY, 25.3, 1.9, 2.4), (SATURDAY, 25.8, 2.0, 2.8),
        (SUNDAY, 18.0, 3.0, 0.35), (ALL_DAYS, 18.5, 2.5, 0.25)),
    "away_from_home": (
        (WORKDAYS, 11.0, 2.4, 1.0), (WORKDAYS, 15.5, 2.2, 0.8), (WEEKEND, 21.0, 2.5, 0.5)),
    "closed_shops": ((ALL_DAYS, 27.5, 2.0, 1.0), (SUNDAY, 27.5, 2.5, 0.8)),
    "parked": (
        (ALL_DAYS, 20.5, 2.6, 1.0), (WORKDAYS, 12.0, 2.8, 0.6), (WEEKEND, 16.0, 2.6, 0.5)),
    "overnight": ((ALL_DAYS, 23.0, 2.2, 1.0), (WORKDAYS, 7.3, 1.0, 0.5)),
    "home": (
        (WORKDAYS, 20.8, 2.0, 0.8), (SATURDAY, 22.5, 2.8, 1.3), (SUNDAY, 20.5, 3.2, 1.6)),
    "daytime": ((WORKDAYS, 11.5, 2.5, 1.0), (WORKDAYS, 17.0, 2.5, 1.0), (WEEKEND, 17.0, 3.5, 0.6)),
}  # fmt: skip
FLOOR = 0.08


@dataclass(frozen=True)
class Offence:
    """One category: how many, how it moves in time, which streets it prefers.

    ``season`` is the amplitude around ``peak_month``; ``trend`` the change per year as a share;
    ``street_weights`` by class (primary, secondary, tertiary, other); ``near_repeat`` the share of
    incidents that follow a recent one nearby; ``sources`` the weight of (patrol, camera,
    institutional) as first report.
    """

    share: float
    rhythm: str
    season: float
    peak_month: int
    trend: float
    street_weights: tuple[float, float, float, float]
    at_homes: bool
    near_repeat: float
    sources: tuple[float, float, float]


OFFENCES: dict[str, Offence] = {
    "robbery_violence": Offence(
        0.085, "evening", 0.16, 6, 0.04, (5, 4, 2, 1), False, 0.15, (5, 4, 3)),
    "theft_person": Offence(0.200, "shopping", 0.18, 1, 0.03, (7, 4, 2, 1), False, 0.06, (4, 5, 4)),
    "theft_vehicle": Offence(
        0.045, "overnight", 0.08, 5, 0.08, (1, 2, 2, 1), True, 0.10, (2, 1, 6)),
    "theft_from_vehicle": Offence(
        0.115, "parked", 0.12, 1, 0.02, (2, 3, 2, 1), False, 0.22, (3, 2, 5)),
    "burglary_dwelling": Offence(
        0.065, "away_from_home", 0.20, 1, -0.06, (0.4, 0.7, 1, 1), True, 0.30, (1, 0, 7)),
    "burglary_business": Offence(
        0.030, "closed_shops", 0.06, 8, 0.05, (6, 5, 3, 1), False, 0.16, (3, 2, 5)),
    "assault": Offence(0.075, "bars", 0.14, 12, -0.02, (4, 4, 2, 1), False, 0.06, (6, 4, 2)),
    "domestic_violence": Offence(
        0.080, "home", 0.10, 12, 0.02, (0.3, 0.6, 1, 1.1), True, 0.05, (4, 0, 5)),
    "threats": Offence(0.070, "daytime", 0.05, 3, 0.06, (1, 1.4, 1, 1), True, 0.04, (2, 0, 6)),
    "drug_offence": Offence(
        0.035, "evening", 0.07, 4, 0.10, (2, 2, 2, 1), False, 0.08, (8, 3, 0.5)),
    "damage": Offence(0.080, "bars", 0.08, 9, -0.03, (2, 2, 2, 1), False, 0.08, (4, 3, 3)),
    "disorder": Offence(0.120, "bars", 0.22, 1, 0.01, (4, 4, 2, 1), False, 0.05, (8, 5, 0.3)),
}  # fmt: skip


@dataclass(frozen=True)
class HotSpot:
    """A stretch of street (or a node, one point) that draws more than its share.

    ``shares``: part of a category's incidents; ``trend``: change per year as a share;
    ``night``: how much stronger between 20 and 6 h than by day.
    """

    name: str
    points: Points
    spread_m: float
    shares: dict[str, float] = field(hash=False)
    trend: float = 0.0
    night: float = 1.0


HOT_SPOTS = (
    HotSpot("Mercado", ((-850, 40),), 120, {
        "theft_person": 0.12, "robbery_violence": 0.06, "drug_offence": 0.08, "disorder": 0.05,
        "burglary_business": 0.07}, night=0.4),
    HotSpot("Terminal de buses", ((1640, 80),), 130, {
        "theft_person": 0.11, "robbery_violence": 0.11, "theft_from_vehicle": 0.04,
        "drug_offence": 0.05, "disorder": 0.05, "threats": 0.03, "assault": 0.04}, trend=0.25),
    HotSpot("Calle de los bares", ((-900, 620), (-560, 640), (-240, 685)), 60, {
        "assault": 0.22, "disorder": 0.20, "robbery_violence": 0.07, "damage": 0.11,
        "drug_offence": 0.10, "theft_person": 0.05, "threats": 0.02}, night=3.0),
    HotSpot("Av. Quimera", ((-1400, 116), (-850, 40), (-300, -6)), 45, {
        "theft_person": 0.13, "robbery_violence": 0.08, "burglary_business": 0.12,
        "disorder": 0.04}, night=0.6),
    HotSpot("Los Navegantes", ((60, -30), (-20, -480), (-60, -850)), 50, {
        "robbery_violence": 0.08, "theft_from_vehicle": 0.05, "theft_person": 0.04,
        "damage": 0.04, "burglary_business": 0.06}),
    HotSpot("Estación", ((-420, 1030), (-330, 980)), 110, {
        "theft_person": 0.05, "robbery_violence": 0.06, "drug_offence": 0.07, "disorder": 0.04,
        "theft_from_vehicle": 0.03}, trend=-0.2, night=1.6),
    HotSpot("Playa", ((-2520, -1090), (-2520, -830), (-2330, -610)), 70, {
        "theft_from_vehicle": 0.10, "disorder": 0.09, "theft_person": 0.04, "damage": 0.05,
        "assault": 0.05}),
    HotSpot("La Vega", ((360, -1280),), 210, {
        "domestic_violence": 0.12, "threats": 0.11, "drug_offence": 0.14, "assault": 0.05,
        "damage": 0.05}),
    HotSpot("Santa Rita", ((-1640, -1500),), 230, {
        "domestic_violence": 0.14, "threats": 0.10, "drug_offence": 0.09, "robbery_violence": 0.03,
        "damage": 0.05}, trend=0.12),
    HotSpot("Cerro Alto", ((2150, -520), (2300, 260)), 170, {
        "burglary_dwelling": 0.13, "theft_vehicle": 0.06}),
    HotSpot("Av. Los Aromos", ((880, 110), (860, -260), (890, -620)), 60, {
        "theft_vehicle": 0.12, "theft_from_vehicle": 0.12, "robbery_violence": 0.04,
        "burglary_dwelling": 0.05}, trend=0.1),
    HotSpot("Centro comercial", ((1010, 705),), 110, {
        "theft_person": 0.10, "theft_vehicle": 0.11, "theft_from_vehicle": 0.07,
        "burglary_business": 0.08, "robbery_violence": 0.04}, night=0.5),
    HotSpot("Diagonal", ((200, -120), (480, -360), (900, -680)), 50, {
        "robbery_violence": 0.07, "theft_person": 0.04, "assault": 0.05,
        "burglary_business": 0.05}, trend=0.3, night=1.8),
    HotSpot("Estadio", ((1170, -600), (1330, -800)), 90, {
        "disorder": 0.06, "theft_from_vehicle": 0.04, "damage": 0.05, "assault": 0.03}),
    HotSpot("Molino", ((1960, 660),), 180, {
        "burglary_dwelling": 0.10, "theft_from_vehicle": 0.04, "theft_vehicle": 0.04}, trend=-0.15),
    HotSpot("Almendral", ((-1180, -460),), 200, {
        "burglary_dwelling": 0.11, "damage": 0.06, "threats": 0.06}),
    HotSpot("Barrio Inglés", ((-1150, 900),), 130, {
        "robbery_violence": 0.05, "damage": 0.06, "assault": 0.06, "theft_vehicle": 0.05},
        night=1.5),
)  # fmt: skip
