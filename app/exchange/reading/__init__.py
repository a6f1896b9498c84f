"""Reading what people upload: .xlsx, .xls and .csv, safely."""

from app.exchange.reading.files import Upload, read
from app.exchange.reading.limits import MAX_ROWS, Refused

__all__ = ["MAX_ROWS", "Refused", "Upload", "read"]
