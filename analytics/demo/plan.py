"""The hand-drawn plan of Puerto Quimera: an invented port, placed where there is only sea.

Only literals. Coordinates are metres east and north of ``ORIGIN_M`` (EPSG:32718). No place, street
or person here exists.
"""

from dataclasses import dataclass

CRS = "EPSG:32718"
ORIGIN_M = (649_000.0, 6_325_000.0)  # about 73.40° W, 33.20° S: 150 km off the coast of Chile

Points = tuple[tuple[float, float], ...]

COAST: Points = (
    (-2500, -2900), (-2440, -2250), (-2330, -1800), (-2490, -1420), (-2680, -1120), (-2690, -800),
    (-2480, -520), (-2250, -330), (-2130, -60), (-2120, 240), (-2230, 470), (-2260, 700),
    (-2080, 930), (-1830, 1010), (-1560, 1130), (-1380, 1340), (-1080, 1440), (-820, 1630),
    (-480, 1740), (-160, 1730), (60, 1660),
)  # fmt: skip
RIVER: Points = (
    (60, 1660), (250, 1510), (520, 1440), (860, 1470), (1180, 1400), (1460, 1230), (1820, 1190),
    (2160, 1260), (2480, 1160), (2850, 1180), (3300, 1060),
)  # fmt: skip
OPPOSITE_COAST: Points = ((60, 1660), (240, 1790), (330, 2020), (560, 2350), (640, 2900))
INLAND_EDGE: Points = (
    (2480, 1160), (2580, 860), (2500, 560), (2660, 250), (2790, -60), (2680, -330), (2450, -520),
    (2470, -820), (2190, -1060), (1960, -1080), (1640, -1470), (1180, -1600), (900, -1500),
    (420, -1680), (-40, -1610), (-420, -1800), (-980, -1740), (-1320, -1880), (-1780, -1790),
    (-2330, -1800),
)  # fmt: skip


@dataclass(frozen=True)
class Avenue:
    """One street drawn by hand: a smooth line through ``points``."""

    name: str
    street_class: str
    points: Points


AVENUES = (
    Avenue("Costanera del Alba", "primary", (
        (-2360, -2900), (-2290, -2250), (-2180, -1790), (-2340, -1400), (-2520, -1090),
        (-2520, -830), (-2330, -610), (-2100, -410), (-1980, -90), (-1970, 250), (-2050, 470),
        (-2060, 640), (-1950, 790), (-1750, 860), (-1470, 990), (-1270, 1200), (-1010, 1300),
        (-750, 1490), (-460, 1600), (-180, 1590), (20, 1510), (190, 1380), (500, 1310))),
    Avenue("Ribera del Estero", "secondary", (
        (500, 1310), (850, 1340), (1130, 1270), (1420, 1090), (1800, 1060), (2150, 1130),
        (2460, 1040), (2900, 1040), (3400, 900))),
    Avenue("Av. Quimera", "primary", (
        (-2200, 220), (-1970, 190), (-1500, 130), (-1000, 60), (-480, -10), (60, 0), (640, 90),
        (1160, 130), (1640, 80), (2120, 150), (2640, 60), (3300, 180))),
    Avenue("Av. de los Navegantes", "primary", (
        (520, 2900), (430, 2300), (300, 1800), (210, 1480), (140, 1000), (80, 520), (60, 0),
        (-20, -480), (-60, -900), (-200, -1350), (-260, -1800), (-420, -2400), (-460, -2900))),
    Avenue("Diagonal Las Gaviotas", "primary", (
        (60, 0), (480, -360), (900, -680), (1330, -960), (1640, -1280), (2020, -1720),
        (2500, -2150))),
    Avenue("Av. del Faro", "secondary", (
        (-2700, -1010), (-2450, -960), (-2050, -860), (-1560, -700), (-1020, -640), (-520, -580),
        (-20, -560), (480, -360))),
    Avenue("Av. de la Estación", "primary", (
        (60, 0), (-260, 330), (-560, 640), (-860, 960), (-1110, 1270), (-1260, 1460))),
    Avenue("Circunvalación", "secondary", (
        (-2500, -1530), (-2300, -1460), (-1880, -1330), (-1420, -1220), (-900, -1210),
        (-420, -1120), (-60, -980), (420, -980), (900, -990), (1150, -850), (1390, -520),
        (1560, -160), (1640, 80), (1640, 420), (1530, 760), (1440, 1080), (1500, 1500),
        (1640, 1960), (1900, 2500))),
    Avenue("Calle Larga", "secondary", (
        (-2100, 840), (-1900, 800), (-1400, 700), (-900, 620), (-560, 640), (-200, 690),
        (110, 760), (560, 730), (1000, 700), (1530, 760), (1960, 660), (2480, 700), (3200, 620))),
    Avenue("Av. Los Aromos", "secondary", (
        (1180, 1400), (1130, 1270), (1020, 960), (1000, 700), (900, 400), (880, 110), (860, -260),
        (900, -680), (900, -990), (760, -1400), (800, -1900), (690, -2500))),
    Avenue("Calle del Puerto", "secondary", (
        (-1210, 1400), (-1250, 1180), (-1330, 880), (-1370, 500), (-1420, 120), (-1500, -320),
        (-1560, -700), (-1480, -1010), (-1420, -1220), (-1500, -1750), (-1420, -2300),
        (-1490, -2800))),
    Avenue("Calle de la Aduana", "secondary", (
        (-700, 1700), (-720, 1480), (-740, 1080), (-760, 820), (-800, 340), (-850, 40),
        (-920, -330), (-980, -640), (-930, -960), (-900, -1210), (-1020, -1640), (-960, -2200))),
    Avenue("Av. Las Palmas", "secondary", (
        (-2300, -360), (-2010, -330), (-1490, -300), (-920, -330), (-480, -310), (-20, -300),
        (400, -290), (860, -260), (1210, -240), (1560, -160), (2000, -280), (2520, -240),
        (3100, -420))),
    Avenue("Camino del Cerro", "secondary", (
        (1560, -160), (1860, -560), (2040, -800), (2330, -1010), (2800, -1180), (3200, -1500))),
    Avenue("Av. del Molino", "secondary", (
        (2120, 150), (2060, 420), (1960, 660), (1980, 900), (2080, 1110), (2200, 1500),
        (2140, 1900), (2260, 2400))),
    Avenue("Camino de la Viña", "secondary", (
        (-60, -980), (-480, -1370), (-760, -1640), (-1200, -1990), (-1900, -2300))),
    Avenue("Ribera Norte", "secondary", (
        (300, 1800), (620, 1620), (920, 1640), (1260, 1560), (1500, 1400), (1850, 1340),
        (2170, 1420), (2500, 1310), (2900, 1340), (3300, 1220))),
)  # fmt: skip


@dataclass(frozen=True)
class District:
    """A neighbourhood with a street pattern of its own, grown around ``centre``.

    ``angle_deg`` turns the grid counter-clockwise from east; ``spacing_m`` is the distance between
    its long and its cross streets; ``bend_m`` how far lines wander; ``gaps`` the share of street
    pieces left out (irregular blocks).
    """

    name: str
    centre: tuple[float, float]
    angle_deg: float
    spacing_m: tuple[float, float]
    bend_m: float
    gaps: float


DISTRICTS = (
    District("Damero", (-650, 330), -5, (108, 108), 3, 0.02),
    District("Puerto", (-1620, 450), 6, (100, 150), 8, 0.22),
    District("Barrio Inglés", (-1150, 900), 22, (84, 128), 10, 0.12),
    District("Estación", (-240, 1120), -10, (92, 136), 7, 0.14),
    District("Ribera", (560, 1040), 2, (88, 150), 12, 0.14),
    District("Prado", (520, 380), 4, (112, 132), 6, 0.06),
    District("Los Aromos", (1280, 430), -7, (90, 168), 11, 0.12),
    District("Molino", (1820, 860), -14, (84, 140), 16, 0.16),
    District("Mirador", (2280, 420), 10, (96, 150), 26, 0.22),
    District("Cerro Alto", (2120, -240), -22, (92, 160), 38, 0.26),
    District("Falda", (1760, -760), -44, (88, 150), 24, 0.20),
    District("Jardín", (1150, -420), 3, (84, 176), 9, 0.10),
    District("San Isidro", (440, -740), -40, (86, 128), 8, 0.10),
    District("Las Palmas", (-480, -440), -3, (96, 112), 6, 0.06),
    District("Almendral", (-1180, -460), -5, (90, 126), 8, 0.08),
    District("Caleta", (-1950, -620), 20, (80, 118), 12, 0.14),
    District("El Faro", (-1980, -1100), 12, (88, 140), 15, 0.16),
    District("Viña", (-1180, -950), 1, (84, 158), 10, 0.12),
    District("Molinos Bajos", (-480, -860), 8, (86, 132), 9, 0.12),
    District("Santa Rita", (-1700, -1520), 12, (92, 150), 14, 0.18),
    District("Los Boldos", (-680, -1440), -34, (84, 140), 12, 0.16),
    District("Vega", (360, -1280), 4, (88, 156), 12, 0.14),
    District("Loma", (1250, -1200), -46, (92, 140), 18, 0.18),
    District("Ultraestero", (900, 2050), 12, (104, 170), 20, 0.24),
    District("Parcelas", (2300, 1900), -4, (120, 210), 24, 0.34),
    District("Oriente", (3000, 300), 8, (120, 200), 30, 0.36),
    District("Camino Sur", (-1000, -2250), 6, (112, 190), 22, 0.32),
    District("Sur", (300, -2200), -2, (112, 190), 22, 0.32),
    District("Quebradas", (2150, -1600), -44, (120, 200), 30, 0.38),
)

# Where no street enters and nobody lives: (name, outline).
OPEN_GROUND: tuple[tuple[str, Points], ...] = (
    ("Parque del Mirador", (
        (2010, 30), (2080, -190), (2340, -330), (2560, -230), (2610, -20), (2480, 190),
        (2250, 120))),
    ("Parque de la Alameda", ((250, 330), (640, 350), (650, 590), (430, 610), (240, 560))),
    ("Muelles", (
        (-2000, 300), (-2090, 480), (-2090, 660), (-1960, 820), (-1740, 890), (-1650, 760),
        (-1830, 640), (-1880, 380))),
    ("Estadio", ((1080, -640), (1260, -560), (1330, -690), (1200, -800), (1060, -760))),
    ("Cementerio", ((-1820, -980), (-1620, -930), (-1560, -1130), (-1720, -1230), (-1850, -1160))),
    ("Patio de trenes", ((-430, 1130), (-180, 1040), (-60, 1250), (-230, 1420), (-420, 1360))),
)  # fmt: skip
PLAZAS: Points = ((-640, 300), (560, -640), (-1200, 960), (1300, 330), (-480, -470), (-1240, -900))

BEAT_CENTRES: Points = (
    (-1500, 650), (-420, 900), (760, 980), (2050, 800),
    (-1750, -300), (-450, -250), (780, -200), (2050, -350),
    (-1500, -1250), (50, -1250),
)  # fmt: skip

STREET_WORDS = {
    "Los": "Boldos Canelos Peumos Quillayes Maitenes Arrayanes Coihues Lingues Espinos Raulíes "
    "Alerces Ulmos Naranjos Toneleros Herreros Faroleros Calafates Veleros Remolinos Pelícanos "
    "Albatros Petreles Zarapitos Chercanes Picaflores Queltehues Zorzales Tordos",
    "Las": "Violetas Azucenas Camelias Dalias Lavandas Retamas Araucarias Pataguas Acacias "
    "Golondrinas Bandurrias Tencas Loicas Garumas Caracolas Almejas Anclas Redes Mareas Brisas "
    "Campanas Tejas Lavanderas Hilanderas",
    "El": "Ancla Timón Astrolabio Sextante Mascarón Bergantín Espolón Malecón Remanso Arrecife "
    "Bajío Estuario Vado Molle Litre Romero Tomillo Cedrón Horno Yunque Telar Portezuelo "
    "Mirlo Cormorán",
    "La": "Quilla Brújula Goleta Bitácora Bahía Rada Ensenada Duna Barca Vela Gavia Escollera "
    "Marejada Espuma Sirena Rosa Náutica|Vendimia Acequia Noria Herradura Fragua Cantera Vertiente",
    "Pasaje": "Uno Dos Tres Cuatro Cinco Seis Siete Ocho Nueve Diez Once Doce",
    "Calle": "Norte Sur Oriente Poniente Nueva Angosta Ancha Vieja Empedrada Quebrada Espejo "
    "Candelaria Esperanza Concordia Serena Fortuna Aurora Unicornio Grifo Hipocampo Basilisco "
    "Dragón Esfinge Pegaso Centauro Minotauro Cíclope Argos Tritón Nereida Atlántida",
}
