"""How one record names another, and what is left of one that is gone."""

from __future__ import annotations

from app.exchange.api.shapes import Pid, Shape, Text, Whole


class FirmName(Shape):
    """A firm by name."""

    id = Pid(required=True, attribute="pid")
    name = Text(required=True)


class CarrierName(Shape):
    """A carrier by name."""

    id = Pid(required=True, attribute="pid")
    name = Text(required=True)


class SiteShape(Shape):
    """A site of a carrier."""

    id = Pid(required=True, attribute="pid")
    name = Text(required=True)


class UnitName(Shape):
    """A unit by where it is."""

    id = Pid(required=True, attribute="pid")
    building = Text(required=True)
    floor = Whole(low=-100, high=1000, required=True)
    number = Text(required=True)


class Gone(Shape):
    """A record that is no longer there; its history stays."""

    id = Pid(required=True)
