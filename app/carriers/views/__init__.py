"""Pages of the carriers room."""

from app.carriers.views import figures, pages, register, stated
from app.carriers.views.blueprint import bp

__all__ = ["bp", "figures", "pages", "register", "stated"]
