"""The register of indicators: page, list, print and export show the same entry."""

from app.core.errors import NotFound
from app.statistics.indicators.base import Indicator, firm_rows
from app.statistics.indicators.coverage import COVERAGE
from app.statistics.indicators.flows import FLOWS, End, Origin, Yes
from app.statistics.indicators.graduations import GRADUATIONS, Outcome
from app.statistics.indicators.hatched import HATCHED, Credit
from app.statistics.indicators.stock import STOCK, Standing

REGISTER: dict[str, Indicator] = {
    one.code: one for one in (*STOCK, *GRADUATIONS, *FLOWS, *HATCHED, *COVERAGE)
}


def indicator(code: str) -> Indicator:
    """The register's entry; NotFound for an unknown code."""
    try:
        return REGISTER[code]
    except KeyError:
        raise NotFound() from None


__all__ = [
    "REGISTER",
    "Credit",
    "End",
    "Indicator",
    "Origin",
    "Outcome",
    "Standing",
    "Yes",
    "firm_rows",
    "indicator",
]
