"""Which carriers of the demo population a firm can come to."""

from __future__ import annotations

from seed.demo.dice import Dice
from seed.demo.world import House, Places


def house(number: int, **given: int) -> House:
    return House(number, f"{number}", 1, ["ic"], [], 1.0, **{"opens": 0} | given)


def test_nobody_comes_to_a_carrier_that_has_ended() -> None:
    shut, closing = house(1, shut=900), house(2, closes=950)
    stays = house(3)
    stays.weight = 0.001  # so that it is hardly ever drawn by chance
    places = Places([shut, closing, stays], 0, 1_000)
    for number in range(200):
        one = Dice(number)
        assert places.draw(one, 960, 990, "ic") is stays
        assert places.draw(one, 905, 940, "ic") in (closing, stays)
        assert places.draw(one, 880, 920, "ic").takes(880, 920)


def test_where_none_is_open_for_so_long_the_last_to_close_is_taken() -> None:
    early, late = house(1, closes=950), house(2, closes=980)
    assert Places([early, late], 0, 900).draw(Dice(1), 800, 2_000) is late
