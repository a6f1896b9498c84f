"""Tables of figures by a dimension."""

from app.statistics.tables.base import Cell, Line, Table
from app.statistics.tables.graduations import graduations
from app.statistics.tables.others import cohort_years, hatched, stock

__all__ = ["Cell", "Line", "Table", "cohort_years", "graduations", "hatched", "stock"]
