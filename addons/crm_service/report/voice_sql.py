"""SQL of shares and their Wilson intervals (the rule in Python: tools/voice.py)."""

from odoo.tools import SQL

from ..tools.voice import Z95


def share(hit):
    """Return the share of rows for which `hit` holds, in percent; NULL for no rows."""
    return SQL("100.0 * COUNT(*) FILTER (WHERE %s) / NULLIF(COUNT(*), 0)", hit)


def wilson_of(hits, number, upper):
    """Return a limit of the Wilson interval of hits / number in percent; NULL for number 0."""
    return SQL(
        """100.0 * LEAST(1, GREATEST(0, (
            (%(hits)s)::float8 / NULLIF(%(number)s, 0) + %(half)s / NULLIF(%(number)s, 0) %(sign)s %(z)s * SQRT(
                GREATEST(0, (%(hits)s)::float8 / NULLIF(%(number)s, 0)
                            * (1 - (%(hits)s)::float8 / NULLIF(%(number)s, 0)) / NULLIF(%(number)s, 0)
                            + %(quarter)s / NULLIF(%(number)s, 0) / NULLIF(%(number)s, 0))
            )) / (1 + %(square)s / NULLIF(%(number)s, 0))))""",
        hits=hits,
        number=number,
        sign=SQL("+") if upper else SQL("-"),
        z=Z95,
        half=Z95 * Z95 / 2,
        quarter=Z95 * Z95 / 4,
        square=Z95 * Z95,
    )


def wilson(hit, upper):
    """Return a limit of the Wilson interval of the share of rows for which `hit` holds, in percent."""
    return wilson_of(SQL("COUNT(*) FILTER (WHERE %s)", hit), SQL("COUNT(*)"), upper)
