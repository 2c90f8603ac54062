"""How tools write amounts: one rounding, one form, for summaries, tables and drafts."""

from decimal import ROUND_HALF_UP, Decimal

_CENT = Decimal("0.01")


def cents(value: Decimal | float) -> Decimal:
    """Return an amount rounded half up to the cent."""
    return Decimal(value).quantize(_CENT, rounding=ROUND_HALF_UP)


def amount(value: Decimal | float, currency: str) -> str:
    """Return an amount with its currency code and thousands separators, without cents from 1,000 on: `USD 1,250`."""
    rounded = cents(value)
    if abs(rounded) >= 1000 or rounded == rounded.to_integral_value():
        return f"{currency} {rounded.quantize(Decimal(1), rounding=ROUND_HALF_UP):,}"
    return f"{currency} {rounded:,}"


def share(value: Decimal | float) -> str:
    """Return a percentage with at most one decimal: `12.5%`."""
    rounded = Decimal(value).quantize(Decimal("0.1"), rounding=ROUND_HALF_UP)
    return f"{rounded.to_integral_value() if rounded == rounded.to_integral_value() else rounded}%"
