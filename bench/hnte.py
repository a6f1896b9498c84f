"""高新技术企业认定 by hand: a verdict's row under `hnte`, and the outcome alone.

`full` says what the engine's row of `hnte` says, with the lower and upper bound of all that may be
missing, on every column of `COLUMNS`. `lean` answers the same question with the outcome alone: no
letters, distance, candidate nor what is short. A test holds both to the engine.

A statement that says yes or no on what is recorded is no reference for the engine: it answers
another question. It reads no promise of completeness, no statement of an expert and no years before
the last three's sums, takes what is missing for "no" and leaves out 第十一条（七）; the work that
it spares is the work that is asked for.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from app.criteria.moments import values

#: the columns of a verdict's row
COLUMNS = (
    "id", "outcome", "display", "candidate", "manual_review", "clauses", "distance", "score_low",
    "score_high",
)  # fmt: skip
#: what the engines spell differently: the next day, the age, growth of three years above a mark
SPELLED = {
    "sqlite": {
        "next": "date(reach, '+1 day')",
        "age": "CAST(julianday(:day) - julianday(founded_on) AS INTEGER)",
        "reached": "mean_growth_ge({0}_2, {0}_1, {2}, {1})",
        "risen": "mean_growth_gt({0}_2, {0}_1, {2}, 0)",
        "least": "min", "wide": "{0}",
        "fence": "AS MATERIALIZED", "end": "",
    },
    "postgresql": {
        "next": "reach + 1",
        "age": "(CAST(:day AS DATE) - founded_on)",
        "reached": "10000 * (CAST({0}_1 AS NUMERIC) * {0}_1 + CAST({0}_2 AS NUMERIC) * {2})"
                   " >= 2 * (10000 + {1}) * CAST({0}_2 AS NUMERIC) * {0}_1",
        "risen": "CAST({0}_1 AS NUMERIC) * {0}_1 + CAST({0}_2 AS NUMERIC) * {2}"
                 " > 2 * CAST({0}_2 AS NUMERIC) * {0}_1",
        "least": "least", "wide": "CAST({0} AS BIGINT)",
        "fence": "AS", "end": " OFFSET 0",
    },
}  # fmt: skip
SOURCES = ("hnte_report", "settlement", "audit", "express")
SPAN = range(3)
THREE = ("revenue", "rd_hnte", "rd_internal", "rd_contracted", "rd_domestic", "assets",
         "liabilities", "transformed")  # fmt: skip
LAST = ("staff_tech", "staff", "hitech_revenue", "total_income")
EXPERTS = {"hnte_advance": 8, "hnte_support": 8, "hnte_system": 6, "hnte_unit": 6,
           "hnte_transfer": 4, "hnte_talent": 4}  # fmt: skip

CLAUSES = ("c1", "c2a", "c2b", "c2c", "c3", "c4", "c5a", "c5b", "c6", "c7", "c8")
#: clauses that a complete record could still turn
OPEN = ("c2a", "c7", "c8")
ALL = " AND ".join(CLAUSES)
SEEN = " AND ".join(f"{one}_s" if one in OPEN else one for one in CLAUSES)
#: the outcome alone: what is below it neither writes letters nor measures a distance
LEAN = """
rooted AS (
    SELECT id, guard, {every} AS root
    FROM (SELECT *, CASE WHEN revenue_0 <= 5000000000 THEN r5 WHEN revenue_0 <= 20000000000 THEN r4
        WHEN revenue_0 > 20000000000 THEN r3 ELSE either END AS c5a FROM tests) AS t)
SELECT id, CASE WHEN NOT guard THEN 'not_applicable' WHEN guard IS NULL THEN 'unknown'
    WHEN root THEN 'met' WHEN NOT root THEN 'not_met' ELSE 'unknown' END AS outcome
FROM rooted"""
MILESTONES = """
chain(subject, holder, until) AS (
    SELECT to_id, from_id, day FROM firm_link WHERE milestones_pass AND day <= :day
    UNION SELECT chain.subject, link.from_id,
        CASE WHEN link.day < chain.until THEN link.day ELSE chain.until END
    FROM chain JOIN firm_link AS link ON link.to_id = chain.holder
    WHERE link.milestones_pass AND link.day <= :day),
line AS (
    SELECT subject, holder, MAX(until) AS until FROM chain WHERE subject <> holder
    GROUP BY subject, holder),
events AS (
    SELECT firm_id, {events} FROM milestone WHERE kind IN ('ip', 'standard', 'incident')
    UNION ALL SELECT line.subject, {events} FROM line
    JOIN milestone AS m ON m.firm_id = line.holder
    WHERE m.day <= line.until AND m.kind IN ('ip', 'standard', 'incident')
      AND NOT EXISTS (SELECT 1 FROM milestone AS a WHERE a.firm_id = line.subject
        AND a.kind = m.kind AND a.number = m.number)
      AND NOT EXISTS (SELECT 1 FROM line AS o JOIN milestone AS a ON a.firm_id = o.holder
        WHERE o.subject = line.subject AND a.day <= o.until AND a.id > m.id
          AND a.kind = m.kind AND a.number = m.number)),
rights AS (
    SELECT *, kind = 'ip' AND granted_on <= :day AND alive AND related
            AND (NOT second OR used_before IS FALSE) AS sure,
        kind = 'ip' AND alive AND related IS NOT FALSE
            AND (granted_on <= :day OR granted_on IS NULL AND obtained_on <= :day)
            AND (NOT second OR used_before IS NOT TRUE) AS maybe
    FROM (SELECT *, ip_type IN ('utility', 'design', 'software') AS second,
            (obtained_on IS NULL OR obtained_on <= :day)
            AND (expires_on IS NULL OR expires_on >= :day)
            AND (revoked_on IS NULL OR revoked_on > :day) AS alive FROM events) AS e),
mil AS MATERIALIZED (
    SELECT firm_id, COUNT(CASE WHEN sure THEN 1 END) AS any_lo,
        COUNT(CASE WHEN maybe THEN 1 END) AS any_sn,
        COUNT(CASE WHEN sure AND NOT second THEN 1 END) AS first_lo,
        COUNT(CASE WHEN maybe AND NOT second THEN 1 END) AS first_sn,
        COUNT(CASE WHEN sure AND second THEN 1 END) AS second_lo,
        COUNT(CASE WHEN maybe AND second THEN 1 END) AS second_sn,
        COUNT(CASE WHEN sure AND obtained = 'own' THEN 1 END) AS own_lo,
        COUNT(CASE WHEN maybe AND (obtained = 'own' OR obtained IS NULL) THEN 1 END) AS own_sn,
        COUNT(CASE WHEN kind = 'standard' AND day <= :day
            AND level IN ('national', 'industry') THEN 1 END) AS drafted,
        COUNT(CASE WHEN hit AND serious THEN 1 END) AS bad,
        COUNT(CASE WHEN hit AND serious IS NOT FALSE THEN 1 END) AS bad_sn
    FROM (SELECT *, kind = 'incident' AND day <= :day AND day >= :ago_365
        AND incident IN ('safety', 'quality', 'environment') AS hit FROM rights) AS r
    GROUP BY firm_id)"""
PROMISES = """
born AS (
    SELECT firm_id, CASE WHEN COUNT(founded_on) = COUNT(*) THEN MIN(founded_on) END AS founded_on
    FROM (SELECT id AS firm_id, founded_on FROM firm WHERE id IN (SELECT subject FROM line)
        UNION ALL SELECT line.subject, f.founded_on FROM line JOIN firm AS f ON f.id = line.holder)
        AS days GROUP BY firm_id),
given AS (
    SELECT firm_id, COALESCE(kind, '*') AS kind, COALESCE(starts, :dawn) AS starts, ends
    FROM attestation WHERE kind IS NULL OR kind IN ('ip', 'standard', 'incident')),
spread AS (
    SELECT k.firm_id, k.kind, given.starts, given.ends
    FROM (SELECT DISTINCT firm_id, kind FROM given) AS k
    JOIN given ON given.firm_id = k.firm_id AND given.kind IN (k.kind, '*')),
reached AS (
    SELECT *, MAX(ends) OVER (PARTITION BY firm_id, kind ORDER BY starts, ends
        ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS reach FROM spread),
numbered AS (
    SELECT *, SUM(CASE WHEN starts > {next} THEN 1 ELSE 0 END)
        OVER (PARTITION BY firm_id, kind ORDER BY starts, ends
        ROWS UNBOUNDED PRECEDING) AS island FROM reached),
islands AS (
    SELECT firm_id, kind, MIN(starts) AS starts FROM numbered
    GROUP BY firm_id, kind, island HAVING MAX(ends) >= :fresh_100),
att AS MATERIALIZED (
    SELECT i.firm_id, MAX(CASE WHEN i.kind IN ('ip', '*') AND whole THEN 1 ELSE 0 END) AS ip,
        MAX(CASE WHEN i.kind IN ('standard', '*') AND whole THEN 1 ELSE 0 END) AS standard,
        MAX(CASE WHEN i.kind IN ('incident', '*') AND (whole OR i.starts <= :ago_365)
            THEN 1 ELSE 0 END) AS incident
    FROM (SELECT islands.*, COALESCE(islands.starts <= :dawn OR islands.starts <= CASE
            WHEN born.firm_id IS NULL THEN firm.founded_on ELSE born.founded_on END, FALSE) AS whole
        FROM islands JOIN firm ON firm.id = islands.firm_id
        LEFT JOIN born ON born.firm_id = islands.firm_id) AS i
    GROUP BY i.firm_id)"""
STATED = """
said AS (
    SELECT firm_id, "key", low, high, ROW_NUMBER() OVER (
        PARTITION BY firm_id, "key" ORDER BY day DESC, id DESC) AS place
    FROM stated_figure WHERE day <= :day AND until > :day AND "key" IN ({keys})),
sta AS MATERIALIZED (SELECT firm_id, {stated} FROM said WHERE place = 1 GROUP BY firm_id)"""
#: whom the engine judges each day, as criteria/followed.py has it
FOLLOWED = """firm.merged_into_id IS NULL AND (
    EXISTS (SELECT 1 FROM residency AS r WHERE r.firm_id = firm.id
        AND (r.ends IS NULL OR r.ends > :day))
    OR (firm.closed_on IS NULL OR firm.closed_on > :day)
        AND NOT EXISTS (SELECT 1 FROM residency AS r WHERE r.firm_id = firm.id)
    OR firm.id IN (SELECT g.firm_id FROM graduation AS g
        JOIN residency AS r ON r.firm_id = g.firm_id AND r.counted
        JOIN carrier AS c ON c.id = r.carrier_id AND c.tier < 3
        WHERE g.graduated_on <= :day
        AND g.state IN ('reported', 'checked', 'verified', 'returned')
        AND COALESCE(r.destination, 'park') IN
            ('accelerator', 'park', 'incubator', 'building')
        AND r.starts = (SELECT MAX(l.starts) FROM residency AS l
            WHERE l.firm_id = g.firm_id AND l.counted AND l.starts <= :day)))"""
FACTS = (
    """
facts {fence} (
    SELECT firm.id, firm.kind = 'firm' AS is_firm,
        firm.legal_form NOT IN ('individual', 'branch') AS form, firm.mainland,
        {age} AS age, firm.field, {years}, {last}, {experts},
        COALESCE(sta.core_support_lo, 0) AS core, sta.core_support_hi AS core_hi,
        COALESCE(sta.mainland_rights_lo, 0) AS home_rights,
        sta.mainland_rights_hi AS home_rights_hi,
        {counts}, COALESCE(mil.drafted, 0) > 0 OR COALESCE(att.standard, 0) = 0 AS bonus_hi,
        COALESCE(mil.drafted, 0) > 0 AS bonus_sn,
        COALESCE(mil.bad, 0) > 0 AS bad, COALESCE(mil.bad_sn, 0) > 0 AS bad_sn,
        COALESCE(mil.bad_sn, 0) > 0 OR COALESCE(att.incident, 0) = 0 AS bad_hi
    FROM firm LEFT JOIN figs ON figs.firm_id = firm.id LEFT JOIN mil ON mil.firm_id = firm.id
    LEFT JOIN sta ON sta.firm_id = firm.id LEFT JOIN att ON att.firm_id = firm.id
    WHERE """
    + FOLLOWED
    + """{end}),
sums {fence} (
    SELECT *, COALESCE(spent_0, 0) + COALESCE(spent_1, 0) + COALESCE(spent_2, 0) AS spent,
        spent_0 + spent_1 + spent_2 AS spent_hi,
        COALESCE(revenue_0, 0) + COALESCE(revenue_1, 0) + COALESCE(revenue_2, 0) AS sold,
        revenue_0 + revenue_1 + revenue_2 AS sold_hi,
        COALESCE(rd_domestic_0, 0) + COALESCE(rd_domestic_1, 0) + COALESCE(rd_domestic_2, 0)
            AS home, rd_domestic_0 + rd_domestic_1 + rd_domestic_2 AS home_hi,
        COALESCE(transformed_0, 0) + COALESCE(transformed_1, 0) + COALESCE(transformed_2, 0)
            AS turned, transformed_0 + transformed_1 + transformed_2 AS turned_hi,
        {net_low} AS net_lo, {net_high} AS net_hi, {sales_low} AS sales_lo, {sales_high} AS sales_hi
    FROM (SELECT *, {spent}, {net} FROM facts) AS f{end})"""
)
SCORE = """
scored {fence} (
    SELECT *, {rest_low} + {least}(30, {advance_low}
            + CASE WHEN first_lo >= 1 THEN 7 WHEN second_lo >= 5 THEN 5 WHEN second_lo >= 3 THEN 3
            WHEN second_lo >= 1 THEN 1 ELSE 0 END + CASE WHEN any_lo >= 1 THEN 1 ELSE 0 END) AS low,
        {rest_high} + {least}(30, {advance_high} + {rights_hi}
            + CASE WHEN bonus_hi THEN 2 ELSE 0 END) AS high,
        {rest_high} + {least}(30, {advance_seen} + {rights_sn}
            + CASE WHEN bonus_sn THEN 2 ELSE 0 END) AS seen
    FROM sums{end})"""
RIGHTS = """
CASE WHEN {0}first_{1} >= 1 THEN 8 WHEN {0}second_{1} >= 5 THEN 6 WHEN {0}second_{1} >= 3 THEN 4
    WHEN {0}second_{1} >= 1 THEN 2 ELSE 0 END
+ CASE WHEN {0}own_{1} >= 1 THEN 6 WHEN {0}any_{1} >= 1 THEN 3 ELSE 0 END"""
TESTS = """
tests {fence} (
    SELECT *, CASE WHEN r5 THEN TRUE WHEN NOT r3 THEN FALSE END AS either FROM (
    SELECT *, is_firm AND form AND mainland AS guard, age >= 365 AS c1,
        CASE WHEN any_lo >= 1 THEN TRUE WHEN any_hi < 1 THEN FALSE END AS c2a,
        CASE WHEN any_lo >= 1 THEN TRUE WHEN any_sn < 1 THEN FALSE END AS c2a_s,
        CASE WHEN core >= 1 THEN TRUE WHEN core_hi < 1 THEN FALSE END AS c2b,
        CASE WHEN home_rights >= 1 THEN TRUE WHEN home_rights_hi < 1 THEN FALSE END AS c2c,
        field IN ('f1_electronics', 'f2_bio', 'f3_aerospace', 'f4_materials', 'f5_services',
            'f6_energy', 'f7_environment', 'f8_manufacturing') AS c3,
        CASE WHEN staff_0 > 0 THEN CASE WHEN staff_tech_0 * 10 >= staff_0 THEN TRUE
            WHEN staff_tech_0 * 10 < staff_0 THEN FALSE END END AS c4,
        {r5} AS r5, {r4} AS r4, {r3} AS r3, {home} AS c5b,
        CASE WHEN total_income_0 > 0 THEN hitech_revenue_0 * 10 >= total_income_0 * 6 END AS c6,
        CASE WHEN is_firm AND low > 70 THEN TRUE WHEN high <= 70 OR NOT is_firm THEN FALSE END
            AS c7,
        CASE WHEN is_firm AND low > 70 THEN TRUE WHEN seen <= 70 OR NOT is_firm THEN FALSE END
            AS c7_s,
        CASE WHEN NOT bad_hi THEN TRUE WHEN bad THEN FALSE END AS c8,
        CASE WHEN NOT bad_sn THEN TRUE WHEN bad THEN FALSE END AS c8_s
    FROM scored) AS t{end})"""
ANSWER = """
rooted AS (
    SELECT *, {every} AS root, {seen} AS root_s
    FROM (SELECT *, CASE WHEN revenue_0 <= 5000000000 THEN r5 WHEN revenue_0 <= 20000000000 THEN r4
        WHEN revenue_0 > 20000000000 THEN r3 ELSE either END AS c5a FROM tests) AS t)
SELECT id, outcome, CASE WHEN guard AND (guard AND root) IS NULL AND NOT root_s THEN 'short'
        ELSE outcome END AS display, candidate, manual_review, clauses, distance,
    CAST(NULL AS INTEGER) AS score_low, CAST(NULL AS INTEGER) AS score_high
FROM (SELECT *, CASE WHEN NOT guard THEN 'not_applicable' WHEN guard IS NULL THEN 'unknown'
        WHEN root THEN 'met' WHEN NOT root THEN 'not_met' ELSE 'unknown' END AS outcome,
    COALESCE(guard AND c1 AND c2a AND c4 AND c5a AND c5b AND c6, FALSE)
        AND c7 IS NOT FALSE AND c8 IS NOT FALSE AS candidate,
    guard IS NOT FALSE AND (c2b IS NULL OR c2c IS NULL OR c3 IS NULL OR r5 IS NULL OR r4 IS NULL
        OR r3 IS NULL) AS manual_review,
    CASE WHEN NOT guard THEN 'xxxxxxxxxxx' ELSE {letters} END AS clauses,
    CASE WHEN guard IS NOT FALSE AND c2b AND c2c AND c3 AND c4 AND c5a AND c5b AND c6 AND c7 AND c8
        THEN CASE WHEN age < 0 THEN 10000 WHEN c1 THEN CASE WHEN c2a THEN 0 ELSE 10000 END
            WHEN c2a OR age IS NULL THEN (365 - age) * 10000 / 365 ELSE 10000 END END AS distance
    FROM rooted) AS row_"""


def _best(columns: tuple[str, ...]) -> str:
    """Each figure of a year from the first source that states it."""
    return ", ".join(
        "COALESCE("
        + ", ".join(f"MAX(CASE WHEN source = '{s}' THEN {column} END)" for s in SOURCES)
        + f") AS {column}"
        for column in columns
    )


def _years() -> str:
    pivots = ", ".join(
        f"MAX(CASE WHEN year = :fiscal - {back} THEN {column} END) AS {column}_{back}"
        for column in (*THREE, *LAST)
        for back in (SPAN if column in THREE else (0,))
    )
    return (
        f"yearly AS MATERIALIZED (SELECT firm_id, year, {_best((*THREE, *LAST))}"
        " FROM figures WHERE quarter = 0 AND year BETWEEN :fiscal - 2 AND :fiscal"
        " GROUP BY firm_id, year),\n"
        f"figs AS MATERIALIZED (SELECT firm_id, {pivots} FROM yearly GROUP BY firm_id)"
    )


def _facts(spelled: dict[str, str]) -> str:
    def value(column: str, back: int) -> str:
        unborn = f"firm.founded_on > :end_{back}"
        held = spelled["wide"].format(f"figs.{column}_{back}")
        return f"COALESCE({held}, CASE WHEN {unborn} THEN 0 END) AS {column}_{back}"

    def growth(name: str, points: tuple[int, ...], unknown: int) -> str:
        marks = (3500, 2500, 1500, 500)
        rise = points[-1]

        def mean(last: str) -> str:
            ladder = " ".join(
                f"WHEN {spelled['reached'].format(name, mark, last)} THEN {p}"
                for mark, p in zip(marks, points, strict=False)
            )
            risen = spelled["risen"].format(name, 0, last)
            return f"CASE {ladder} WHEN {risen} THEN {rise} ELSE 0 END"

        two = " ".join(
            f"WHEN {name}_0 * 10000 >= {name}_1 * {10000 + mark} THEN {p}"
            for mark, p in zip(marks, points, strict=False)
        )
        fallen = mean("0") if unknown else "0"
        return (
            f"CASE WHEN {name}_1 <= 0 THEN 0 WHEN {name}_0 IS NULL OR {name}_1 IS NULL"
            f" OR {name}_2 IS NULL THEN {unknown} WHEN {name}_2 <= 0 THEN CASE {two}"
            f" WHEN {name}_0 > {name}_1 THEN {rise} ELSE 0 END WHEN {name}_0 < 0 THEN {fallen}"
            f" ELSE {mean(name + '_0')} END"
        )

    low, high = (9, 7, 5, 3, 1), (10, 8, 6, 4, 2)
    counts = [
        f"COALESCE(mil.{n}_lo, 0) AS {n}_lo, COALESCE(mil.{n}_sn, 0) AS {n}_sn,"
        f" CASE WHEN att.ip = 1 THEN COALESCE(mil.{n}_sn, 0) END AS {n}_hi"
        for n in ("any", "first", "second", "own")
    ]
    return FACTS.format(
        fence=spelled["fence"],
        end=spelled["end"],
        age=spelled["age"],
        years=", ".join(value(c, back) for c in THREE for back in SPAN),
        last=", ".join(value(c, 0) for c in LAST),
        experts=", ".join(
            f"{spelled['least']}(COALESCE(sta.{k}_lo, 0), {most}) AS {k},"
            f" {spelled['least']}(COALESCE(sta.{k}_hi, {most}), {most}) AS {k}_hi"
            for k, most in EXPERTS.items()
        ),
        counts=", ".join(counts),
        spent=", ".join(
            f"COALESCE(rd_hnte_{b}, rd_internal_{b} + rd_contracted_{b} * 8 / 10) AS spent_{b}"
            for b in SPAN
        ),
        net=", ".join(f"assets_{b} - liabilities_{b} AS net_{b}" for b in SPAN),
        net_low=growth("net", low, 0),
        net_high=growth("net", high, 10),
        sales_low=growth("revenue", low, 0),
        sales_high=growth("revenue", high, 10),
    )


def _score(spelled: dict[str, str]) -> str:
    least = spelled["least"]

    def rest(end: str, points: tuple[int, ...], turned: str) -> str:
        ladder = " ".join(f"WHEN {turned} >= {15 - 3 * n} THEN {p}" for n, p in enumerate(points))
        open_ = f"WHEN {turned} IS NULL THEN {points[0]} " if end else ""
        managed = " + ".join(f"{k}{end}" for k in list(EXPERTS)[2:])
        grown = "_hi" if end else "_lo"
        return (
            f"CASE {open_}{ladder} ELSE 0 END + {least}(20, {managed})"
            f" + {least}(20, net{grown} + sales{grown})"
        )

    unsaid = f"CASE WHEN first_hi IS NULL THEN 14 ELSE {RIGHTS.format('', 'hi')} END"
    return SCORE.format(
        fence=spelled["fence"],
        end=spelled["end"],
        least=least,
        rest_low=rest("", (25, 19, 13, 7, 1), "turned"),
        rest_high=rest("_hi", (30, 24, 18, 12, 6), "turned_hi"),
        advance_low="CASE WHEN any_lo >= 1 THEN hnte_advance + hnte_support ELSE 0 END",
        advance_high="CASE WHEN any_hi < 1 THEN 0 ELSE hnte_advance_hi + hnte_support_hi END",
        advance_seen="CASE WHEN any_sn < 1 THEN 0 ELSE hnte_advance_hi + hnte_support_hi END",
        rights_hi=unsaid,
        rights_sn=RIGHTS.format("", "sn"),
    )


def _tests(spelled: dict[str, str]) -> str:
    def ratio(part: str, whole: str, mark: int) -> str:
        return (
            f"CASE WHEN {whole} > 0 THEN CASE WHEN {part} * 10000 >= {mark} * {whole}_hi THEN TRUE"
            f" WHEN {part}_hi * 10000 < {mark} * {whole} THEN FALSE END END"
        )

    return TESTS.format(
        fence=spelled["fence"],
        end=spelled["end"],
        r5=ratio("spent", "sold", 500),
        r4=ratio("spent", "sold", 400),
        r3=ratio("spent", "sold", 300),
        home=ratio("home", "spent", 6000),
    )


def _answer() -> str:
    letters = " || ".join(
        f"CASE WHEN {one} THEN 'm' WHEN NOT {one} THEN 'n'"
        + (f" WHEN NOT {one}_s THEN 's'" if one in OPEN else "")
        + " ELSE 'u' END"
        for one in CLAUSES
    )
    return ANSWER.format(letters=letters, every=ALL, seen=SEEN)


def full(engine: str) -> str:
    """The statement that says all the engine's row says, in the words of a database."""
    return _whole(engine, _answer())


def lean(engine: str) -> str:
    """The statement that says the outcome alone."""
    return _whole(engine, LEAN.format(every=ALL))


def _whole(engine: str, answer: str) -> str:
    spelled = SPELLED[engine]
    events = ("kind", "day", "ip_type", "obtained", "obtained_on", "granted_on", "expires_on",
              "revoked_on", "related", "used_before", "level", "incident", "serious")  # fmt: skip
    keys = ("core_support", "mainland_rights", *EXPERTS)
    parts = (
        MILESTONES.format(events=", ".join(events)),
        PROMISES.format(next=spelled["next"]),
        STATED.format(
            keys=", ".join(f"'{k}'" for k in keys),
            stated=", ".join(
                f"MAX(CASE WHEN \"key\" = '{k}' THEN {end} END) AS {k}_{end[:2]}"
                for k in keys
                for end in ("low", "high")
            ),
        ),
        _years(),
        _facts(spelled),
        _score(spelled),
        _tests(spelled),
    )
    return f"WITH RECURSIVE {','.join(parts)},{answer}"


def days(day: dt.date) -> dict[str, Any]:
    """What both statements bind."""
    ends = {f"end_{back}": dt.date(day.year - 1 - back, 12, 31) for back in SPAN}
    return values(("day", "fiscal", "dawn", "ago_365", "fresh_100"), day) | ends
