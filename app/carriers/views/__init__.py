"""Pages of the carriers room."""

from app.carriers.views import figures, life, pages, register, stated
from app.carriers.views.blueprint import bp

__all__ = ["bp", "figures", "life", "pages", "register", "stated"]
