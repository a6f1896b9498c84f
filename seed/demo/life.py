"""The course of one firm: when it was founded, came, moved, graduated, left; and where to."""

from __future__ import annotations

from dataclasses import dataclass, field

from seed.demo.dice import Dice, Shares, dice
from seed.demo.names import SPECIAL, WORDS
from seed.demo.plan import GRADUATING, Group
from seed.demo.world import SECTORS, House, World

YEAR, FRIDAY = 365, 5
GRADUATING_IN = Shares(list(enumerate(GRADUATING)))
GRADUATE_TO = Shares(
    {
        "park": 0.30,
        "accelerator": 0.115,
        "building": 0.36,
        "stay": 0.10,
        "incubator": 0.015,
        "city": 0.04,
        "outside": 0.03,
        "acquired": 0.01,
        "dissolved": 0.006,
        "unknown": 0.024,
    }
)
LEAVER_TO = Shares(
    {
        "building": 0.33,
        "city": 0.13,
        "outside": 0.11,
        "dissolved": 0.20,
        "lost": 0.07,
        "unknown": 0.08,
        "incubator": 0.03,
        "acquired": 0.01,
        "abroad": 0.005,
        "park": 0.035,
    }
)
ACCELERATED_TO = Shares({"park": 0.70, "building": 0.25, "outside": 0.05})
#: Where a graduation rests: on the first that the firm's age allows.
BASES = Shares({"hnte": 0.42, "money": 0.28, "revenue": 0.27, "deal": 0.03})
#: From this day on the present rule of graduation holds; before it asked for two of three.
PRESENT_RULE = 737_060  # 2019-01-01


@dataclass(slots=True)
class Stay:
    """One tie to a carrier, in ordinal days; `ends` None: it goes on."""

    house: House
    kind: str
    counted: bool
    route: str
    starts: int
    ends: int | None = None
    to: str | None = None
    to_house: House | None = None
    reason: str | None = None


@dataclass(slots=True)
class Life:
    """A firm before its rows are made."""

    number: int
    one: Dice
    fate: str
    sector: str
    word: int
    founded: int
    entry: int
    exit: int | None = None
    special: str | None = None
    team_until: int | None = None
    is_team: bool = False
    graduated: int | None = None
    basis: str | None = None
    #: how well it does: met, near, money (waiting for money), plain
    mood: str = "plain"
    edge: int | None = None
    stays: list[Stay] = field(default_factory=list)
    closed: int | None = None
    to: str | None = None
    #: number of the slot in which the firm was first written down
    known: int = 0

    @property
    def trade(self) -> str:
        """The word of its trade."""
        return WORDS[self.sector][self.word % len(WORDS[self.sector])]


def special_of(sector: str, word: int) -> str | None:
    """The field with a longer limit that a firm belongs to, if any."""
    trade = WORDS[sector][word % len(WORDS[sector])]
    return SPECIAL.get(trade) or ("biomedicine" if sector == "biomedicine" else None)


class Lives:
    """Makes the courses of the firms of a plan, each from its own stream of chance."""

    def __init__(self, seed: int, world: World, start: int, today: int) -> None:
        self.seed, self.world, self.start, self.today = seed, world, start, today

    def make(self, group: Group, index: int, number: int) -> Life:
        """The course of one firm of a group."""
        one = dice(self.seed, 7, number)
        day = one.whole(group.first, group.last)
        life = Life(number, one, group.fate, SECTORS.draw(one), one.whole(0, 9), 0, day)
        life.special = special_of(life.sector, life.word)
        getattr(self, f"_{group.fate}")(life, index)
        return life

    # ---- in incubation today ------------------------------------------------------------

    def _current(self, life: Life, index: int) -> None:
        one = life.one
        age = self.today - life.entry
        if age > 4 * YEAR and one.chance(0.93):
            self._into_special(life)
        life.is_team = age < 2.2 * YEAR and one.chance(0.125)
        self._begin(life)
        life.mood = one_of_moods(one)
        if 2 * YEAR < age < 3 * YEAR and index % 50 < 6:
            life.edge, life.mood = index % 50, "plain"
        self._incubate(life, None)

    def _into_special(self, life: Life) -> None:
        one = life.one
        if one.chance(0.7):
            life.sector = "biomedicine"
        else:
            life.sector, life.word = "electronics", one.one((0, 1, 5))
        life.special = special_of(life.sector, life.word)

    def _begin(self, life: Life) -> None:
        """Founding: mostly within two years before entry; some came as teams."""
        one = life.one
        if not life.is_team and one.chance(0.08):
            life.team_until = life.entry + one.whole(60, 260)
            if life.team_until >= min(self.today - 5, (life.exit or self.today) - 40):
                life.team_until = None
        if life.team_until is not None:
            life.founded = life.team_until
        elif one.chance(0.07):
            life.founded = life.entry - one.whole(740, 2200)
        else:
            life.founded = life.entry - int(one.random() ** 1.6 * 720) - 5

    def _incubate(self, life: Life, end: int | None) -> None:
        """Ties from entry to `end`: one carrier, or two with a transfer or a gap between."""
        one = life.one
        last = end if end is not None else self.today
        span = last - life.entry
        first = self.world.in_incubators.draw(one, life.entry, last, life.sector)
        route = "admitted"
        if span > 500 and one.chance(0.05) and not life.is_team:
            other = self.world.in_incubators.draw(one, life.entry, last, life.sector)
            if other.id != first.id:
                middle = life.entry + one.whole(200, span - 120)
                gap = one.whole(90, 200) if one.chance(0.2) and span > 900 else 0
                stay = Stay(first, "on_site", True, route, life.entry, middle, "incubator", other)
                stay.reason = "transfer"
                if gap:
                    stay.to, stay.to_house, stay.reason = "building", None, "not_graduated"
                life.stays.append(stay)
                life.stays.append(
                    Stay(other, "on_site", True, "transferred", min(middle + gap, last - 60), end)
                )
                return
        life.stays.append(Stay(first, "on_site", True, route, life.entry, end))
        self._more_ties(life, first, last)

    def _more_ties(self, life: Life, house: House, last: int) -> None:
        """Several ties at once: more rooms, a registration elsewhere, help from a GOI."""
        one = life.one
        draw = one.random()
        if draw < 0.035 and last - life.entry > 400:
            start = life.entry + one.whole(200, last - life.entry - 100)
            ends = None if life.exit is None else life.exit
            life.stays.append(Stay(house, "extension", False, "admitted", start, ends))
        elif draw < 0.085:
            start = max(life.founded, life.entry - one.whole(60, 300))
            if start < life.entry:
                other = self.world.in_incubators.draw(one, start, last)
                life.stays.append(
                    Stay(other, "registered_only", False, "admitted", start, life.entry)
                )
        elif draw < 0.11 and last - life.entry > 200:
            other = self.world.in_incubators.draw(one, life.entry, last)
            if other.id != house.id:
                start = life.entry + one.whole(40, 150)
                life.stays.append(Stay(other, "empowered", False, "admitted", start, life.exit))

    # ---- graduates ----------------------------------------------------------------------

    def _graduate(self, life: Life, index: int) -> None:
        """The group's days are those of graduation; the entry lies before."""
        one = life.one
        day = life.entry
        # Carriers report their graduates at the end of a week.
        day -= (day - FRIDAY) % 7 if day - 7 > self.start else 0
        years = GRADUATING_IN.draw(one)
        if years == 4 and life.special is None:
            self._into_special(life)
        months = years * 12 + one.whole(5, 11)
        life.graduated = life.exit = day
        life.entry = day - months * 30 - one.whole(0, 12)
        self._begin(life)
        life.basis = self._basis(life)
        self._incubate(life, day)
        life.to = GRADUATE_TO.draw(one)
        self._onward(life, day)

    def _basis(self, life: Life) -> str:
        assert life.graduated is not None
        if life.graduated < PRESENT_RULE:
            basis = "old"
        else:
            basis = BASES.draw(life.one)
            if basis == "revenue" and life.graduated - life.founded < 2.4 * YEAR:
                basis = life.one.one(("hnte", "money"))
        if basis in ("revenue", "old"):
            # Two whole calendar years must lie behind it, and be reported.
            need = 3 * YEAR + 30
            life.founded = min(life.founded, life.graduated - need - life.one.whole(0, 200))
            if life.team_until is not None and life.team_until != life.founded:
                life.team_until = None
        if basis == "hnte":
            life.founded = min(life.founded, life.graduated - 600)
            if life.team_until is not None and life.team_until != life.founded:
                life.team_until = None
        return basis

    def _onward(self, life: Life, day: int) -> None:
        """What follows a graduation: a while on the premises, then elsewhere."""
        one = life.one
        last = life.stays[0]
        for stay in life.stays:
            if stay.counted and stay.ends == day:
                last = stay
        last.reason = "graduated"
        if life.to in ("park", "accelerator", "stay"):
            wait = one.whole(0, 150) if life.to != "stay" else one.whole(300, 1100)
            leave = day + wait
            if wait and leave > day:
                stay = Stay(last.house, "graduate_stay", True, "stayed", day)
                life.stays.append(stay)
                if leave >= self.today - 1:
                    return
                stay.ends, stay.reason = leave, "graduated"
                last = stay
            if life.to == "stay":
                life.to = "building"
                last.to = "building"
                return
            self._arrive(life, last, leave, life.to)
            return
        last.to = life.to
        if life.to in ("acquired", "dissolved"):
            life.closed = day + one.whole(20, 200) if life.to == "dissolved" else None
        if life.to == "incubator":
            other = self.world.in_incubators.draw(one, day, self.today)
            last.to_house = other
            life.stays.append(Stay(other, "graduate_stay", True, "transferred", day))

    def _arrive(self, life: Life, last: Stay, day: int, to: str) -> None:
        """An arrival in an accelerator or a park, and what follows it."""
        one = life.one
        last.to = to
        draw = self.world.in_parks if to == "park" else self.world.in_accelerators
        house = draw.draw(one, day, self.today, life.sector)
        last.to_house = house
        route = "claimed" if one.chance(0.35) else "landed"
        stay = Stay(house, "on_site", True, route, day)
        life.stays.append(stay)
        stays_for = one.whole(380, 1050) if to == "accelerator" else one.whole(900, 6000)
        if day + stays_for >= self.today - 1:
            return
        stay.ends = day + stays_for
        if to == "accelerator":
            then = ACCELERATED_TO.draw(one)
            if then == "park":
                self._arrive(life, stay, stay.ends, "park")
            else:
                stay.to, life.to = then, then
        else:
            stay.to = "building" if one.chance(0.7) else "outside"
            life.to = stay.to

    # ---- leavers, direct arrivals, registered only --------------------------------------

    def _leaver(self, life: Life, index: int) -> None:
        one = life.one
        low = max(life.entry + 60, self.start + 5)
        high = min(life.entry + (4 if life.special is None else 5) * YEAR + 60, self.today - 2)
        if high <= low:
            low = max(min(low, self.today - 20), life.entry + 1)
            high = max(low + 1, min(high, self.today - 2))
        life.exit = one.whole(low, high)
        life.is_team = one.chance(0.05)
        self._begin(life)
        self._incubate(life, life.exit)
        life.to = "dissolved" if life.is_team else LEAVER_TO.draw(one)
        last = [s for s in life.stays if s.counted and s.ends == life.exit][-1]
        last.to = life.to
        late = life.exit - life.entry > (4 if life.special is None else 5) * YEAR
        last.reason = "over_limit" if late else "not_graduated"
        if last.house.closes <= life.exit + 40:
            last.reason = "carrier_closed"
        if life.to == "dissolved":
            last.reason, life.closed = "dissolved", life.exit
        elif life.to == "park":
            self._arrive(life, last, life.exit, "park")
        elif life.to == "incubator":
            last.to_house = self.world.in_incubators.draw(one, life.exit, life.exit + 1)

    def _direct(self, life: Life, index: int) -> None:
        one = life.one
        life.founded = life.entry - one.whole(200, 4000)
        house = self.world.in_parks.draw(one, life.entry, self.today, life.sector)
        stay = Stay(house, "on_site", True, "direct", life.entry)
        life.stays.append(stay)
        if one.chance(0.12) and life.entry + 500 < self.today:
            stay.ends = one.whole(life.entry + 400, self.today - 2)
            stay.to, stay.reason = one.one(("building", "outside", "city")), "not_graduated"

    def _registered(self, life: Life, index: int) -> None:
        one = life.one
        life.founded = life.entry - one.whole(5, 200)
        house = self.world.in_incubators.draw(one, life.entry, self.today)
        life.stays.append(Stay(house, "registered_only", False, "admitted", life.entry))


def one_of_moods(one: Dice) -> str:
    """How a firm in incubation does."""
    draw = one.random()
    if draw < 0.055:
        return "met"
    if draw < 0.125:
        return "near"
    if draw < 0.20:
        return "waiting"
    return "plain"
