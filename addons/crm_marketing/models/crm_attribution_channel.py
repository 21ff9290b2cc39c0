from odoo import api, fields, models

from ..tools.attribution import CONVERSION, NULL, START


class CrmAttributionChannel(models.Model):
    """What the Markov model knows of a channel: how many of the conversions would be lost without it.

    Written with the paths (crm.attribution). Paths that did not convert count too: they are what makes the difference.
    """

    _name = "crm.attribution.channel"
    _inherit = ["crm.attribution.label"]
    _description = "Attribution Channel"
    _order = "effect desc, id"
    _rec_name = "channel"

    company_id = fields.Many2one("res.company", required=True, readonly=True, ondelete="cascade", index=True)
    channel = fields.Char(required=True, readonly=True)
    effect = fields.Float(
        "Removal Effect",
        readonly=True,
        aggregator="avg",
        help="Share of the conversions that would be lost without the channel.",
    )
    touches = fields.Integer(readonly=True, help="Steps of all paths that lead to this channel.")
    last_touches = fields.Integer("Conversions Right After", readonly=True)
    lost = fields.Integer("Paths Ended Without", readonly=True, help="Paths whose last touch it is, not converted.")
    computed_at = fields.Datetime(readonly=True)

    @api.model
    def _store(self, company, effects, counts):
        """Replace the company's channels; `counts` as tools/attribution.py:transitions."""
        self.search([("company_id", "=", company.id)]).unlink()
        into = dict.fromkeys(effects, 0)
        for (_origin, target), number in counts.items():
            if target in into:
                into[target] += number
        now = fields.Datetime.now()
        return self.create(
            [
                {
                    "company_id": company.id,
                    "channel": channel,
                    "effect": effect,
                    "touches": into[channel],
                    "last_touches": counts.get((channel, CONVERSION), 0),
                    "lost": counts.get((channel, NULL), 0),
                    "computed_at": now,
                }
                for channel, effect in effects.items()
                if channel != START
            ]
        )
