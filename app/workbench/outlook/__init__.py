"""预计达到: forecasts of every rule about firms from their own yearly figures, and their record."""
