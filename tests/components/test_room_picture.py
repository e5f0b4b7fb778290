"""The room's drawing: every phone a dot, none outside its cell, words of change; links; the QR."""

import re
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components import cohort_room
from components import room_picture as picture
from components.language import speaking
from components.room_picture import PollRow

NAMES = {"use": "Uso", "quality": "Calidad", "capacity": "Capacidad"}


@given(st.integers(0, 500), st.integers(0, 500))
def test_dots_are_one_per_phone_apart_and_inside_their_cell(n, more):
    most = n + more
    placed = picture.dots(n, most)
    gap = picture.packing(most)[1]
    assert len(set(placed)) == n
    half_wide = (picture.GRID_RIGHT - picture.GRID_LEFT) / 10
    radius = 0.36 * gap
    assert all(abs(x) + radius <= half_wide for x, _ in placed)
    assert all(abs(y) + radius <= picture.ROW / 2 for _, y in placed)


def test_up_to_sixteen_phones_stand_in_rows_of_four():
    assert picture.packing(16)[0] == 4
    assert [x for x, _ in picture.dots(3, 11)] == [-25, 0, 25]
    assert len({y for _, y in picture.dots(11, 11)}) == 3


def test_the_drawing_shows_votes_means_and_escapes_names():
    row = PollRow("<b>", (0, 3, 1, 0, 0), 2.25, "2,3", 3.0, "−0,8")
    drawn = picture.poll_html([row], ["1", "2", "3", "4", "5"], 'a "b"')
    assert drawn.count('class="dot"') == 4
    assert "&lt;b&gt;" in drawn
    assert 'aria-label="a &quot;b&quot;"' in drawn
    (mean,) = re.findall(r'class="mean" style="left:([\d.]+)%', drawn)
    assert float(mean) == pytest.approx(100 * picture.column_x(2.25) / picture.WIDTH, abs=0.01)
    assert (picture.column_x(1) - 240, 1170 - picture.column_x(5)) == (93, 93)


def test_before_the_means_are_revealed_there_is_no_line():
    drawn = picture.poll_html([PollRow("Uso", (1, 0, 0, 0, 0))], list("12345"), "a")
    assert 'class="mean"' not in drawn
    assert 'class="last"' not in drawn


def test_the_code_is_ink_on_white_and_the_link_is_the_requests_own():
    link = cohort_room.link_of("https://datos.example/cabildo/cohorts?member=x", "7Q4KAB")
    assert link == "https://datos.example/cabildo/room?code=7Q4KAB"
    assert parse_qs(urlsplit(link).query) == {"code": ["7Q4KAB"]}
    drawn = picture.qr_picture(link, "alt")
    assert picture.INK.lstrip("#").lower() in drawn.lower()
    assert "%23fff" in drawn.lower()


@pytest.mark.parametrize(
    ("means", "last", "said"),
    [
        ({}, {}, "Nadie votó en la sala."),
        ({"use": 3, "quality": 2}, {}, "más fuerte en uso y más débil en calidad."),
        ({"use": 3, "quality": 3.04}, {}, "igual en los cinco"),
        ({"use": 3.0}, {"use": 3.04}, "igual que la última vez"),
        ({"use": 3.5}, {"use": 3.0}, "más fuerte en uso que la última vez."),
        ({"use": 2.5}, {"use": 3.0}, "más débil en uso que la última vez."),
        (
            {"use": 4, "quality": 3.5, "capacity": 1},
            {"use": 3, "quality": 3, "capacity": 2},
            "más fuerte en uso y calidad que la última vez, y más débil en capacidad.",
        ),
    ],
)
def test_the_sentence_says_what_changed(means, last, said):
    with speaking("es"):
        assert said in cohort_room.headline(NAMES, means, last)


@pytest.mark.parametrize(
    ("mean", "last", "word"),
    [(3.4, 2.4, "+1,0"), (2, 2.3, "−0,3"), (2.64, 2.6, "igual"), (2, None, ""), (None, 2, "")],
)
def test_a_change_is_signed_or_the_same(mean, last, word):
    with speaking("es"):
        assert cohort_room.change_word(mean, last) == word
