"""到期提醒: the clocks of firms on their pages, in one list and in a calendar file."""

from app.workbench.deadlines.ring import Clocks, of_firm, rows
from app.workbench.deadlines.sources import Deadline
from app.workbench.deadlines.words import RENAME, brief, word

__all__ = ["RENAME", "Clocks", "Deadline", "brief", "of_firm", "rows", "word"]
